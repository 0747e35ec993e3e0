import { MAIL_JOB } from './mail-request.js';

/**
 * SQL that queues a mail as part of another statement; else use `MailQueueService.add`.
 *
 * @param request SQL of the request as JSON, without its seed
 * @param reader SQL of the text that stands for the recipient in the job's key
 * @param seed SQL of the seed
 */
export function queueMail(request: string, reader: string, seed: string): string {
  return `(graphile_worker.add_job('${MAIL_JOB}',
    (${request}::jsonb || jsonb_build_object('seed', ${seed}))::json,
    job_key := 'mail:' || ${reader} || ':' || ${seed})).id`;
}
