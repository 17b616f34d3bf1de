"""What the backend relies on in TensorRT, written by hand: each member, and how it is called.

A signature is a fact about every version from 10.3 to 11.4, as pybind11 writes it. ``None`` stands
for a property or an enum member, which have none.
"""

from __future__ import annotations

RELIED_ON: dict[str, str | None] = {
    'ILogger.__init__': '(self: ILogger) -> None',
    'ILogger.log': '(self: ILogger, severity: ILogger.Severity, msg: str) -> None',
    'ILogger.Severity.INTERNAL_ERROR': None,
    'ILogger.Severity.ERROR': None,
    'ILogger.Severity.WARNING': None,
    'ILogger.Severity.INFO': None,
    'Builder.__init__': '(self: Builder, logger: ILogger) -> None',
    'Builder.create_network': '(self: Builder, flags: int = 0) -> INetworkDefinition',
    'Builder.create_builder_config': '(self: Builder) -> IBuilderConfig',
    'Builder.create_optimization_profile': '(self: Builder) -> IOptimizationProfile',
    'Builder.build_serialized_network': (
        '(self: Builder, network: INetworkDefinition, config: IBuilderConfig) -> IHostMemory'
    ),
    'NetworkDefinitionCreationFlag.STRONGLY_TYPED': None,
    'OnnxParser.__init__': (
        '(self: OnnxParser, network: INetworkDefinition, logger: ILogger) -> None'
    ),
    'OnnxParser.parse': '(self: OnnxParser, model: buffer, path: str = None) -> bool',
    'OnnxParser.num_errors': None,
    'OnnxParser.get_error': '(self: OnnxParser, index: int) -> IParserError',
    'ParserError.desc': '(self: ParserError) -> str',
    'ParserError.node_name': '(self: ParserError) -> str',
    'ParserError.node_operator': '(self: ParserError) -> str',
    'IBuilderConfig.set_memory_pool_limit': (
        '(self: IBuilderConfig, pool: MemoryPoolType, pool_size: int) -> None'
    ),
    'MemoryPoolType.WORKSPACE': None,
    'IBuilderConfig.builder_optimization_level': None,
    'IBuilderConfig.profiling_verbosity': None,
    'ProfilingVerbosity.DETAILED': None,
    'IBuilderConfig.set_flag': '(self: IBuilderConfig, flag: BuilderFlag) -> None',
    'IBuilderConfig.clear_flag': '(self: IBuilderConfig, flag: BuilderFlag) -> None',
    'BuilderFlag.TF32': None,
    'IBuilderConfig.add_optimization_profile': (
        '(self: IBuilderConfig, profile: IOptimizationProfile) -> int'
    ),
    'IOptimizationProfile.set_shape': (
        '(self: IOptimizationProfile, input: str, min: Dims, opt: Dims, max: Dims) -> None'
    ),
    'IBuilderConfig.create_timing_cache': (
        '(self: IBuilderConfig, serialized_timing_cache: buffer) -> ITimingCache'
    ),
    'IBuilderConfig.set_timing_cache': (
        '(self: IBuilderConfig, cache: ITimingCache, ignore_mismatch: bool) -> bool'
    ),
    'ITimingCache.serialize': '(self: ITimingCache) -> IHostMemory',
    'IBuilderConfig.progress_monitor': None,
    'IProgressMonitor.__init__': '(self: IProgressMonitor) -> None',
    'IProgressMonitor.phase_start': (
        '(self: IProgressMonitor, phase_name: str, parent_phase: str, num_steps: int) -> None'
    ),
    'IProgressMonitor.step_complete': (
        '(self: IProgressMonitor, phase_name: str, step: int) -> bool'
    ),
    'IProgressMonitor.phase_finish': '(self: IProgressMonitor, phase_name: str) -> None',
    'IHostMemory.nbytes': None,
    'Runtime.__init__': '(self: Runtime, logger: ILogger) -> None',
    'Runtime.deserialize_cuda_engine': (
        '(self: Runtime, serialized_engine: buffer) -> ICudaEngine'
    ),
    'ICudaEngine.num_io_tensors': None,
    'ICudaEngine.get_tensor_name': '(self: ICudaEngine, index: int) -> str',
    'ICudaEngine.get_tensor_mode': '(self: ICudaEngine, name: str) -> TensorIOMode',
    'TensorIOMode.INPUT': None,
    'ICudaEngine.get_tensor_dtype': '(self: ICudaEngine, name: str) -> DataType',
    'DataType.FLOAT': None,
    'DataType.HALF': None,
    'DataType.INT8': None,
    'DataType.INT32': None,
    'DataType.INT64': None,
    'DataType.BOOL': None,
    'DataType.UINT8': None,
    'ICudaEngine.get_tensor_shape': '(self: ICudaEngine, name: str) -> Dims',
    'ICudaEngine.get_tensor_profile_shape': (
        '(self: ICudaEngine, name: str, profile_index: int) -> list[Dims]'
    ),
    'ICudaEngine.create_engine_inspector': '(self: ICudaEngine) -> EngineInspector',
    'EngineInspector.get_engine_information': (
        '(self: EngineInspector, format: LayerInformationFormat) -> str'
    ),
    'LayerInformationFormat.JSON': None,
    'ICudaEngine.create_execution_context': '(self: ICudaEngine',
    'IExecutionContext.set_input_shape': (
        '(self: IExecutionContext, name: str, shape: tuple) -> bool'
    ),
    'IExecutionContext.get_tensor_shape': '(self: IExecutionContext, name: str) -> Dims',
    'IExecutionContext.set_tensor_address': (
        '(self: IExecutionContext, name: str, memory: int) -> bool'
    ),
    'IExecutionContext.execute_async_v3': ('(self: IExecutionContext, stream_handle: int) -> bool'),
}
#: Gone in TensorRT 11, or in 10: to be found nowhere in the backend.
GONE = (
    'BuilderFlag.FP16',
    'BuilderFlag.INT8',
    'IInt8EntropyCalibrator2',
    'NetworkDefinitionCreationFlag.EXPLICIT_BATCH',
    'Builder.platform_has_fast_fp16',
    'ICudaEngine.device_memory_size',
    'IExecutionContext.execute_async_v2',
    'ICudaEngine.get_binding_shape',
)
