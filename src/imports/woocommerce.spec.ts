import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { columnName } from '../http/csv.js';
import { openImportFile } from './import-file.js';
import { isWooCommerce, readWooCommerce } from './woocommerce.js';

/** The columns of WooCommerce's exporter in other languages, in the order of `ENGLISH`. */
const ENGLISH =
  'ID|Type|SKU|Name|Published|Visibility in catalog|Short description|Description|In stock?|Stock|Sale price|Regular price|Categories|Images|Parent|Attribute 1 value(s)|Attribute 2 value(s)';
const OTHERS = {
  French:
    'ID|Type|UGS|Nom|Publié|Visibilité dans le catalogue|Description courte|Description|En stock ?|Stock|Tarif promo|Tarif régulier|Catégories|Images|Parent|Valeur(s) de l’attribut 1 |Valeur(s) de l’attribut 2 ',
  German:
    'ID|Typ|Artikelnummer|Name|Veröffentlicht|Sichtbarkeit im Katalog|Kurzbeschreibung|Beschreibung|Vorrätig?|Bestand|Angebotspreis|Regulärer Preis|Kategorien|Bilder|Übergeordnetes Produkt|Attribut 1 Wert(e)|Attribut 2 Wert(e)',
  Spanish:
    'ID|Tipo|SKU|Nombre|Publicado|Visibilidad en el catálogo|Descripción corta|Descripción|¿Existencias?|Inventario|Precio rebajado|Precio normal|Categorías|Imágenes|Superior|Valor(es) del atributo 1|Valor(es) del atributo 2',
  Dutch:
    'ID|Type|Artikelnummer|Naam|Gepubliceerd|Zichtbaarheid in catalogus|Korte beschrijving|Beschrijving|Op voorraad?|Voorraad|Actieprijs|Reguliere prijs|Categorieën|Afbeeldingen|Hoofd|Waarde eigenschap 1|Waarde eigenschap 2',
};

describe("WooCommerce's export", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'woocommerce-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const linesOf = async (content: string) => {
    const name = path.join(folder, 'products.csv');
    await writeFile(name, content);
    const file = await openImportFile(name);
    expect(isWooCommerce(file.columns!.map(columnName))).toBe(true);
    return Readable.from(readWooCommerce(file)).toArray();
  };

  it.each(Object.entries(OTHERS))('has the same columns in %s', async (_language, header) => {
    const english = await readFile('test/fixtures/imports/woocommerce.csv', 'utf8');
    const [first, ...rows] = english.split('\n');
    const names = new Map(ENGLISH.split('|').map((name, at) => [name, header.split('|')[at]!]));
    const translated = first!.replace(/"[^"]*"|[^,\uFEFF]+/g, (name) => names.get(name) ?? name);
    for (const name of names.values()) expect(translated).toContain(name);
    expect(await linesOf([translated, ...rows].join('\n'))).toEqual(await linesOf(english));
  });
});
