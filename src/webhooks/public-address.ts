import ipaddr from 'ipaddr.js';
import { lookup as lookUp, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Thrown instead of connecting to an address that is not public. */
export class PrivateAddressError extends Error {
  constructor(host: string) {
    super(`${host} is not a public address`);
  }
}

/** IANA's global unicast range of IPv6; other ranges can embed IPv4 addresses of this machine (`::127.0.0.1`). */
const ALLOCATED = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an address is public: not this machine, its network, or a range in IANA's special-purpose registries. An IPv4
 * address that is mapped into IPv6 is checked as IPv4.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.process(address);
  return ip.range() === 'unicast' && (ip.kind() === 'ipv4' || ip.match(ALLOCATED));
}

/**
 * For `lookup` of `node:net`: the addresses of a name, checked after it was resolved and with the connection made to
 * just these, so that a name cannot lead elsewhere the second time.
 */
export const lookUpPublic: LookupFunction = (host, options, callback) => {
  lookUp(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const found = addresses as LookupAddress[];
    if (!found.every(({ address }) => isPublicAddress(address))) {
      return callback(new PrivateAddressError(host), []);
    }
    if (options.all) return callback(null, found);
    callback(null, found[0]!.address, found[0]!.family);
  });
};
