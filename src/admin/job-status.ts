export const JOB_STATUSES = ['queued', 'retrying', 'running', 'failed'];
export const MAIL_STATUSES = [...JOB_STATUSES, 'sent'];
