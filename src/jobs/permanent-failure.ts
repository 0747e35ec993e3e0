/** Thrown by a job that would fail again: it is not retried, and stays in the list of failed jobs. */
export class PermanentFailure extends Error {}
