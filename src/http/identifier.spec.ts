import { cleanIdentifier, identifierKey } from './identifier.js';

describe('The key of an identifier', () => {
  it.each([
    ['john', ' John\u00a0'],
    ['john', '\u200eJOHN\u202c\u200b'],
    ['élodie', 'E\u0301lodie'],
    ['élodie', 'ÉLODIE'],
    ['strasse', 'Straße'],
    ['σοφοσ', 'ΣΟΦΟΣ'],
    ['σοφοσ', 'σοφος'],
    ['ivan', 'ＩＶＡＮ'],
    ['office', 'oﬃce'],
    ['i̇zmir', 'İzmir'],
    ['ılker', 'ılker'],
    ['john@example.com', 'John＠Example.COM'],
    ['jo@xn--mller-kva.example', 'jo@MÜLLER.example'],
    ['jo@xn--mller-kva.example', 'jo@mu\u0308ller.example'],
    ['jo@xn--mller-kva.example', 'jo@xn--mller-kva.example'],
    ['jo@xn--strae-oqa.example', 'jo@Straße.example'],
    ['jo@not a domain', 'JO@Not a domain'],
  ])('%j is the key of %j', (key, text) => {
    expect(identifierKey(text)).toBe(key);
    expect(identifierKey(key)).toBe(key);
  });

  it('differs for different identifiers', () => {
    expect(identifierKey('jo@strasse.example')).not.toBe(identifierKey('jo@straße.example'));
    expect(identifierKey('ilker')).not.toBe(identifierKey('ılker'));
    expect(identifierKey('elodie')).not.toBe(identifierKey('élodie'));
  });

  it('is computed in linear time', () => {
    const text = `x${' \u200e'.repeat(50_000)}x`;
    let fastest = Infinity;
    for (let round = 0; round < 3; round += 1) {
      const from = performance.now();
      expect(cleanIdentifier(text)).toBe(text);
      fastest = Math.min(fastest, performance.now() - from);
    }
    expect(fastest).toBeLessThan(500);
  });
});
