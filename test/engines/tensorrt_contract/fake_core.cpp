// A stand-in for libnvinfer that knows nothing of TensorRT, written without its headers.
//
// The real Python bindings only ever call virtual functions of the objects that they are given.
// Here every such function is a numbered trap: it reports (class, slot, object) while slots are
// being learned, and hands over to an installed handler afterwards. x86-64 System V only.
#include <array>
#include <cstdint>
#include <cstring>
#include <typeinfo>
#include <utility>

using Word = std::intptr_t;
using Handler = Word (*)(Word, Word, Word, Word, Word, Word);

constexpr int kClasses = 13;
constexpr int kSlots = 128;
constexpr int kObjects = 1 << 16;
constexpr int kHits = 1 << 12;

enum Class { kFactory, kBuilder, kRuntime, kParser };

// The bindings call either through the first word (an interface) or through the object that the
// second word points to (a wrapper and its implementation). Both lead to the same traps.
struct Object {
    void* const* vtable;
    Object* implementation;
};

struct Stranger {
    virtual ~Stranger() {}
};

struct VTable {
    Word offset_to_top;
    const std::type_info* type;
    std::array<void*, kSlots> slots;
};

struct Hit {
    int type, slot;
    Word object;
};

static VTable vtables[kClasses];
static Handler handlers[kClasses][kSlots];
static Object objects[kObjects];
static int object_count;
static Hit hits[kHits];
static int hit_count;
static bool learning;
static Hit unknown;
static Word last_logger;

static bool is_object(Word word) {
    return word >= reinterpret_cast<Word>(objects) && word < reinterpret_cast<Word>(objects + kObjects);
}

static Word dispatch(int type, int slot, Word a, Word b, Word c, Word d, Word e, Word f) {
    // A function that returns a structure gets the place for it before the object.
    bool returns_structure = type != kFactory && !is_object(a) && is_object(b);
    if (learning && hit_count < kHits) {
        hits[hit_count++] = {type, slot, returns_structure ? b : a};
    }
    if (handlers[type][slot]) {
        return handlers[type][slot](a, b, c, d, e, f);
    }
    if (!learning) {
        unknown = {type, slot, a};
    }
    if (returns_structure) {
        std::memset(reinterpret_cast<void*>(a), 0, 9 * sizeof(Word));
        return a;
    }
    return 0;
}

template <int type, int slot>
static Word trap(Word a, Word b, Word c, Word d, Word e, Word f) {
    return dispatch(type, slot, a, b, c, d, e, f);
}

template <int type, int... slots>
static void fill(std::integer_sequence<int, slots...>) {
    vtables[type] = {0, &typeid(Stranger), {reinterpret_cast<void*>(&trap<type, slots>)...}};
}

template <int... types>
static void fill_all(std::integer_sequence<int, types...>) {
    (fill<types>(std::make_integer_sequence<int, kSlots>()), ...);
}

__attribute__((constructor)) static void set_up() {
    fill_all(std::make_integer_sequence<int, kClasses>());
}

extern "C" {

void* fake_new(int type) {
    Object* object = &objects[object_count++ % kObjects];
    *object = {vtables[type].slots.data(), object};
    return object;
}

void fake_handle(int type, int slot, void* handler) {
    handlers[type][slot] = reinterpret_cast<Handler>(handler);
}

void fake_learn(bool on) {
    learning = on;
    hit_count = 0;
}

int fake_hits(Hit* out) {
    std::memcpy(out, hits, sizeof(Hit) * hit_count);
    return hit_count;
}

Hit fake_unknown() {
    Hit found = unknown;
    unknown = {};
    return found;
}

Word fake_logger() { return last_logger; }

// The only symbols that the bindings import.
void* createInferBuilder_INTERNAL(void* logger, int) {
    last_logger = reinterpret_cast<Word>(logger);
    return handlers[kFactory][kBuilder] ? reinterpret_cast<void*>(handlers[kFactory][kBuilder](
                                              last_logger, 0, 0, 0, 0, 0))
                                        : fake_new(kBuilder);
}
void* createInferRuntime_INTERNAL(void* logger, int) {
    last_logger = reinterpret_cast<Word>(logger);
    return handlers[kFactory][kRuntime] ? reinterpret_cast<void*>(handlers[kFactory][kRuntime](
                                              last_logger, 0, 0, 0, 0, 0))
                                        : fake_new(kRuntime);
}
void* createNvOnnxParser_INTERNAL(void* network, void* logger, int) {
    last_logger = reinterpret_cast<Word>(logger);
    return handlers[kFactory][kParser]
               ? reinterpret_cast<void*>(handlers[kFactory][kParser](
                     reinterpret_cast<Word>(network), last_logger, 0, 0, 0, 0))
               : fake_new(kParser);
}
void* createInferRefitter_INTERNAL(void*, void*, int) { return nullptr; }
void* createNvOnnxParserRefitter_INTERNAL(void*, void*, int) { return nullptr; }
void* getBuilderPluginRegistry(int) { return nullptr; }
void* getPluginRegistry() { return nullptr; }
bool initLibNvInferPlugins(void*, const char*) { return true; }
int getNvOnnxParserVersion() { return 0; }
}
