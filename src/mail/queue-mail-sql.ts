import { MAIL_JOB } from './mail-request.js';

/**
 * SQL that queues a mail in the statement that wants it: `MailQueueService.add` where there is no transaction.
 *
 * @param request SQL of the request as JSON, without its seed
 * @param reader SQL of what names the reader in the job's key
 * @param seed SQL of the seed
 */
export function queueMail(request: string, reader: string, seed: string): string {
  return `(graphile_worker.add_job('${MAIL_JOB}',
    (${request}::jsonb || jsonb_build_object('seed', ${seed}))::json,
    job_key := 'mail:' || ${reader} || ':' || ${seed})).id`;
}
