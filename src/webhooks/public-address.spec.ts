import { isPublicAddress, lookUpPublic, PrivateAddressError } from './public-address.js';

describe('The address of a webhook', () => {
  it.each(['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946'])('can be %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['127.0.0.1', 'this machine'],
    ['10.1.2.3', 'a private network'],
    ['172.16.0.1', 'a private network'],
    ['192.168.1.1', 'a private network'],
    ['169.254.169.254', 'link-local: where clouds answer with credentials'],
    ['100.64.0.1', 'shared by a provider'],
    ['0.0.0.0', 'unspecified'],
    ['224.0.0.1', 'many at once'],
    ['255.255.255.255', 'everybody'],
    ['192.0.2.1', 'an example'],
    ['::1', 'this machine'],
    ['::', 'unspecified'],
    ['fe80::1', 'link-local'],
    ['fd00::1', 'a private network'],
    ['::ffff:127.0.0.1', 'this machine inside an IPv6 address'],
    ['::127.0.0.1', 'this machine in the deprecated form'],
    ['100:0:0:1::1', 'a range that leads nowhere'],
    ['64:ff9b::7f00:1', 'this machine by way of NAT64'],
    ['2002:7f00:1::', 'this machine by way of 6to4'],
    ['localhost', 'no address'],
  ])('cannot be %s (%s)', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('is checked after its name is resolved', async () => {
    const error = await new Promise((resolve) => lookUpPublic('localhost', {}, resolve));
    expect(error).toBeInstanceOf(PrivateAddressError);
  });
});
