import ipaddr from 'ipaddr.js';
import { lookup as lookUp, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Thrown instead of a connection to an address that is not the Internet's. */
export class PrivateAddressError extends Error {
  constructor(host: string) {
    super(`${host} is not a public address`);
  }
}

/** All that IANA gives out of IPv6; what lies outside holds IPv4 addresses of this machine too (`::127.0.0.1`). */
const ALLOCATED = ipaddr.parseCIDR('2000::/3');

/**
 * Whether anybody on the Internet may be reached there: not this machine, not its network, not a range with a use of
 * its own (IANA's special-purpose registries). An IPv4 address inside an IPv6 one counts as itself.
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
