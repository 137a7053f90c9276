// The install script of onnxruntime-node calls this before it reads the variable. Without it, the script downloads
// CUDA libraries on Linux, and the installation fails where their host cannot be reached.
exports.bootstrap = () => {
  process.env.ONNXRUNTIME_NODE_INSTALL ??= "skip";
};
