import { S3Client } from '@aws-sdk/client-s3';
import { AwsS3StorageAdapter } from '@flystorage/aws-s3';
import { FileStorage } from '@flystorage/file-storage';
import type { MediaBucket } from '../config/media-url.js';

/** For one file, with what the SDK tries again: a picture has some hundred kilobytes. */
const PATIENCE_MS = 10_000;

export function openS3Storage({ bucket, prefix, ...access }: MediaBucket): FileStorage {
  const client = new S3Client({
    ...access,
    // A checksum that is sent in a trailer ends up inside the file on servers that do not know it.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const adapter = new AwsS3StorageAdapter(client, { bucket, prefix });
  return new FileStorage(adapter, undefined, { timeout: { timeout: PATIENCE_MS } });
}
