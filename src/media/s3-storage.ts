import { S3Client } from '@aws-sdk/client-s3';
import { AwsS3StorageAdapter } from '@flystorage/aws-s3';
import { FileStorage } from '@flystorage/file-storage';
import type { MediaBucket } from '../config/media-url.js';

/** For one request with the SDK's retries; a picture has some hundred kilobytes. */
const PATIENCE_MS = 10_000;

export function openS3Storage({ bucket, prefix, ...access }: MediaBucket): FileStorage {
  const client = new S3Client({
    ...access,
    // Some servers do not support checksums in a trailer, and store them as part of the file.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const adapter = new AwsS3StorageAdapter(client, { bucket, prefix });
  return new FileStorage(adapter, undefined, { timeout: { timeout: PATIENCE_MS } });
}
