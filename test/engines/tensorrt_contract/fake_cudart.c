/* A stand-in for the CUDA runtime on host memory.
 *
 * As on a GPU, queued work happens later: here, when somebody waits for the stream. What a caller
 * forgets to wait for never arrives. Every address and handle is checked, and whatever is still
 * alive at the end can be counted. Errors can be ordered for any function.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, INVALID_HANDLE = 400, ILLEGAL_ADDRESS = 700,
       CAPTURE_UNSUPPORTED = 900, CAPTURE_INVALIDATED = 901 };
enum { HOST_TO_DEVICE = 1, DEVICE_TO_HOST = 2 };
enum { PINNED, DEVICE, STREAM, GRAPH, EXECUTABLE, KINDS };

typedef int (*Job)(size_t);

typedef struct Work {
    Job job;
    size_t argument;
    char *to, *from;
    size_t size;
    struct Work *next;
} Work;

typedef struct Thing {
    int kind;
    char *address;
    size_t size;
    Work *queue; /* of a stream, a graph or an executable */
    struct Thing *recording, *next;
    int broken, non_blocking;
} Thing;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Thing *things;
static int devices = 1, blocking_sync, context, sticky;
static struct { char name[64]; int code, skip; } order;
static struct { char name[64]; int count; } calls[64];

static int entered(const char *name) {
    for (int i = 0; i < 64; i++) {
        if (!calls[i].name[0]) snprintf(calls[i].name, 64, "%s", name);
        if (!strcmp(calls[i].name, name)) { calls[i].count++; break; }
    }
    if (!strcmp(order.name, name) && order.skip-- <= 0) return order.code;
    return sticky;
}
#define ENTER() do { int code_ = entered(__func__); if (code_) return code_; } while (0)

static Thing *find(int kind, const void *address) {
    Thing *thing = things;
    while (thing && (thing->kind != kind || thing->address != address)) thing = thing->next;
    return thing;
}

static Thing *holder(int kind, const char *address, size_t size) {
    for (Thing *thing = things; thing; thing = thing->next)
        if (thing->kind == kind && address >= thing->address && address + size <= thing->address + thing->size)
            return thing;
    return NULL;
}

static Thing *create(int kind, size_t size) {
    Thing *thing = calloc(1, sizeof *thing);
    thing->kind = kind;
    thing->size = size;
    thing->address = malloc(size ? size : 1);
    memset(thing->address, 0xA5, size); /* memory that nobody wrote must not look like zeros */
    pthread_mutex_lock(&lock);
    thing->next = things;
    things = thing;
    pthread_mutex_unlock(&lock);
    return thing;
}

static int destroy(int kind, void *address) {
    pthread_mutex_lock(&lock);
    Thing **place = &things;
    while (*place && ((*place)->kind != kind || (*place)->address != address)) place = &(*place)->next;
    Thing *thing = *place;
    if (thing) *place = thing->next;
    pthread_mutex_unlock(&lock);
    if (!thing) return INVALID_HANDLE;
    free(thing->address);
    free(thing);
    return SUCCESS;
}

static int append(Thing *stream, Work work) {
    Work **end = stream->recording ? &stream->recording->queue : &stream->queue;
    while (*end) end = &(*end)->next;
    *end = malloc(sizeof work);
    work.next = NULL;
    **end = work;
    return SUCCESS;
}

static int run(Work *work) {
    for (; work; work = work->next) {
        if (work->job) {
            if (work->job(work->argument)) return ILLEGAL_ADDRESS;
        } else if (!holder(PINNED, work->from, work->size) && !holder(DEVICE, work->from, work->size)) {
            return ILLEGAL_ADDRESS; /* freed since it was queued */
        } else {
            memcpy(work->to, work->from, work->size);
        }
    }
    return SUCCESS;
}

/* What only tests call. */
void fake_fail(const char *name, int code, int skip) {
    snprintf(order.name, sizeof order.name, "%s", name);
    order.code = code;
    order.skip = skip;
}
void fake_devices(int count) { devices = count; }
int fake_alive(int kind) {
    int count = 0;
    for (Thing *thing = things; thing; thing = thing->next) count += thing->kind == kind;
    return count;
}
int fake_calls(const char *name) {
    for (int i = 0; i < 64; i++) if (!strcmp(calls[i].name, name)) return calls[i].count;
    return 0;
}
int fake_blocking_sync(void) { return blocking_sync; }
int fake_is_device(const char *address, size_t size) { return holder(DEVICE, address, size) != NULL; }
int fake_is_pinned(const char *address, size_t size) { return holder(PINNED, address, size) != NULL; }
int fake_is_own_stream(void *stream) { Thing *s = find(STREAM, stream); return s && s->non_blocking; }
int fake_is_recording(void *stream) { Thing *s = find(STREAM, stream); return s && s->recording; }
int fake_enqueue(void *stream, Job job, size_t argument) {
    Thing *s = find(STREAM, stream);
    return s ? append(s, (Work){.job = job, .argument = argument}) : INVALID_HANDLE;
}

/* The CUDA runtime. */
const char *cudaGetErrorString(int code) {
    return code == 2 ? "out of memory" : code == 35 ? "CUDA driver version is insufficient"
         : code == ILLEGAL_ADDRESS ? "an illegal memory access was encountered"
         : code == CAPTURE_UNSUPPORTED ? "operation not permitted when stream is capturing"
         : code == CAPTURE_INVALIDATED ? "operation failed due to a previous error during capture"
         : "some error";
}
int cudaGetDeviceCount(int *count) { ENTER(); *count = devices; return SUCCESS; }
int cudaSetDeviceFlags(unsigned flags) {
    ENTER();
    if (context) return 708; /* a context with other flags is active */
    blocking_sync = flags == 4;
    return SUCCESS;
}
int cudaSetDevice(int device) { ENTER(); return device < devices ? SUCCESS : 101; }
int cudaRuntimeGetVersion(int *version) { ENTER(); *version = 13000; return SUCCESS; }
int cudaDriverGetVersion(int *version) { ENTER(); *version = 13010; return SUCCESS; }
int cudaDeviceGetAttribute(int *value, int attribute, int device) {
    ENTER();
    *value = attribute == 75 ? 8 : attribute == 76 ? 7 : attribute == 16 ? 16 : -1;
    return device < devices ? SUCCESS : 101;
}
int cudaGetDeviceProperties(void *properties, int device) {
    ENTER();
    strcpy(properties, "Imaginary GPU");
    return device < devices ? SUCCESS : 101;
}
int cudaMalloc(void **address, size_t size) { ENTER(); *address = create(DEVICE, size)->address; return SUCCESS; }
int cudaFree(void *address) {
    ENTER();
    context = 1;
    return address ? destroy(DEVICE, address) : SUCCESS;
}
int cudaHostAlloc(void **address, size_t size, unsigned flags) {
    ENTER();
    *address = create(PINNED, size)->address;
    return flags ? INVALID_VALUE : SUCCESS;
}
int cudaFreeHost(void *address) { ENTER(); return destroy(PINNED, address); }
int cudaMemcpyAsync(void *to, const void *from, size_t size, int kind, void *stream) {
    ENTER();
    Thing *s = find(STREAM, stream);
    if (!s) return INVALID_HANDLE;
    int in = kind == HOST_TO_DEVICE;
    if (!in && kind != DEVICE_TO_HOST) return INVALID_VALUE;
    if (!holder(in ? DEVICE : PINNED, to, size) || !holder(in ? PINNED : DEVICE, from, size)) return INVALID_VALUE;
    return append(s, (Work){.to = to, .from = (char *)from, .size = size});
}
int cudaStreamCreateWithFlags(void **stream, unsigned flags) {
    ENTER();
    Thing *s = create(STREAM, 1);
    s->non_blocking = flags == 1;
    *stream = s->address;
    return SUCCESS;
}
int cudaStreamSynchronize(void *stream) {
    ENTER();
    Thing *s = find(STREAM, stream);
    if (!s) return INVALID_HANDLE;
    if (s->recording) { s->broken = 1; return CAPTURE_UNSUPPORTED; }
    Work *queue = s->queue;
    s->queue = NULL;
    int code = run(queue);
    if (code == ILLEGAL_ADDRESS) sticky = code;
    return code;
}
int cudaStreamDestroy(void *stream) { ENTER(); return destroy(STREAM, stream); }
int cudaStreamBeginCapture(void *stream, int mode) {
    ENTER();
    Thing *s = find(STREAM, stream);
    if (!s || mode != 1) return INVALID_VALUE;
    if (s->recording || s->queue) return CAPTURE_UNSUPPORTED; /* stricter than CUDA: wait before */
    s->recording = create(GRAPH, 1);
    s->broken = 0;
    return SUCCESS;
}
int cudaStreamEndCapture(void *stream, void **graph) {
    int code = entered(__func__);
    Thing *s = find(STREAM, stream);
    if (!s || !s->recording) return INVALID_VALUE;
    Thing *recording = s->recording;
    s->recording = NULL;
    *graph = NULL;
    if (code || s->broken) {
        destroy(GRAPH, recording->address);
        return code ? code : CAPTURE_INVALIDATED;
    }
    *graph = recording->address;
    return SUCCESS;
}
int cudaGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long flags) {
    ENTER();
    Thing *recording = find(GRAPH, graph);
    if (!recording || flags) return INVALID_VALUE;
    Thing *made = create(EXECUTABLE, 1);
    made->queue = recording->queue;
    *executable = made->address;
    return SUCCESS;
}
int cudaGraphLaunch(void *executable, void *stream) {
    ENTER();
    Thing *recorded = find(EXECUTABLE, executable), *s = find(STREAM, stream);
    if (!recorded || !s || s->recording) return INVALID_HANDLE;
    for (Work *work = recorded->queue; work; work = work->next) append(s, *work);
    return SUCCESS;
}
int cudaGraphDestroy(void *graph) { ENTER(); return destroy(GRAPH, graph); }
int cudaGraphExecDestroy(void *executable) { ENTER(); return destroy(EXECUTABLE, executable); }
