/** Thrown by a job that no other attempt can help: it is not tried again, and stays among the failed ones. */
export class PermanentFailure extends Error {}
