import type { Shop } from './shop.js';

/** The committed OpenAPI documents, and where the app serves them. */
export const DOCUMENTS = {
  'openapi.json': '/api/docs-json',
  'openapi-admin.json': '/api/docs-json/admin',
  'openapi-aliases.json': '/api/docs-json/aliases',
  'openapi-v1.json': '/api/docs-json/v1',
};

/** Those that together describe each operation once. */
export const canonicalDocuments = ['openapi.json', 'openapi-admin.json', 'openapi-v1.json'] as const;

export interface DescribedOperation {
  /** Method and path, as in `GET /api/products/{id}`. */
  name: string;
  operation: any;
}

export async function readDocument(shop: Shop, file: keyof typeof DOCUMENTS): Promise<any> {
  return (await shop.visitor.get(DOCUMENTS[file]).expect(200)).body;
}

export function operationsOf(document: any): DescribedOperation[] {
  return Object.entries<any>(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
}

/** Every operation of the app by its canonical address, in one document. */
export async function readWhole(shop: Shop): Promise<any> {
  const documents = await Promise.all(canonicalDocuments.map((file) => readDocument(shop, file)));
  return {
    ...documents[0],
    paths: Object.assign({}, ...documents.map(({ paths }) => paths)),
    components: { schemas: Object.assign({}, ...documents.map(({ components }) => components.schemas)) },
  };
}
