/** The program of a child process that sends back each handle that it receives; see `MoreListeners`. */
process.on('message', (message, handle) => {
  const { close } = handle as unknown as { close(): void };
  process.send!(message, handle, () => close.call(handle));
});
