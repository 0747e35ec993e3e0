/** The S3 bucket of pictures, parsed from `MEDIA_URL`. */
export interface MediaBucket {
  bucket: string;
  /** Prefix of all keys in the bucket. */
  prefix: string;
  region: string;
  /** URL of an S3-compatible server other than Amazon's. */
  endpoint?: string;
  /** The bucket in the path rather than in the name of the host. */
  forcePathStyle: boolean;
  /** Undefined: the SDK uses AWS's default credential chain. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

const PARAMETERS = ['endpoint', 'region', 'path_style'];

/**
 * Reads `s3://key:secret@bucket/prefix?endpoint=https://…&region=…&path_style=true`.
 *
 * @returns undefined when the text has another form
 */
export function parseMediaUrl(text: string): MediaBucket | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, pathname, username, password, port, hash, searchParams } = new URL(text);
  const endpoint = searchParams.get('endpoint') ?? undefined;
  const pathStyle = searchParams.get('path_style');
  const isUnderstood =
    protocol === 's3:' &&
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(hostname) &&
    !port &&
    !hash &&
    Boolean(username) === Boolean(password) &&
    /^(\/[\w.~-]+)*\/?$/.test(pathname) &&
    [...searchParams.keys()].every((name) => PARAMETERS.includes(name)) &&
    (endpoint === undefined || /^https?:\/\/./.test(endpoint)) &&
    [null, 'true', 'false'].includes(pathStyle);
  if (!isUnderstood) return undefined;
  return {
    bucket: hostname,
    prefix: pathname.replace(/^\/|\/$/g, ''),
    region: searchParams.get('region') ?? 'us-east-1',
    endpoint,
    forcePathStyle: pathStyle === 'true',
    credentials: username
      ? { accessKeyId: decodeURIComponent(username), secretAccessKey: decodeURIComponent(password) }
      : undefined,
  };
}
