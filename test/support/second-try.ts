/**
 * What a browser draws, and what a full machine does to a process, is not in a test's hands alone. The first error is
 * printed: a test that needs its second try is to be mended. Files whose races may not be lost even once set 0.
 */
jest.retryTimes(1, { logErrorsBeforeRetry: true, retryImmediately: true });
