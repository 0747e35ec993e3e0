import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { Config } from '../config/config.js';
import { CART_TOKEN_HELP } from './access.js';
import { completeOperation, METHODS } from './openapi-operations.js';
import { DOCUMENTS, partOf } from './openapi-parts.js';
import { completeSchemas, describeBareArrays } from './openapi-schemas.js';

/** Serves Swagger UI and the OpenAPI documents, which are generated at the first request. */
export function serveDocs(app: INestApplication): void {
  const { publicUrl, publicPath } = app.get(Config);
  let whole: OpenAPIObject | undefined;
  for (const document of DOCUMENTS) {
    SwaggerModule.setup('api/docs', app, () => partOf((whole ??= describe(app)), document, publicUrl), {
      ui: document === DOCUMENTS[0],
      jsonDocumentUrl: `api/docs-json${document.path}`,
      yamlDocumentUrl: `api/docs-yaml${document.path}`,
      customSiteTitle: 'Comptoir API',
      explorer: true,
      swaggerOptions: {
        spec: null, // Swagger UI loads the first of `urls`
        urls: DOCUMENTS.map(({ name, path }) => ({ name, url: `${publicPath}/api/docs-json${path}` })),
        requestInterceptor: sendToOwnOrigin,
        persistAuthorization: true,
        displayRequestDuration: true,
        tryItOutEnabled: true,
      },
    });
  }
}

/** Runs in the browser. The page's policy allows calls to its own origin only, which may differ from PUBLIC_URL. */
function sendToOwnOrigin(request: { url: string }): object {
  const { pathname, search } = new URL(request.url, 'http://localhost');
  return Object.assign(request, { url: pathname + search });
}

/** Generates the document of all operations from controllers and DTOs. */
function describe(app: INestApplication): OpenAPIObject {
  const { publicUrl, listFormat } = app.get(Config);
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addOAuth2(
      { type: 'oauth2', flows: { password: { tokenUrl: `${publicUrl}/api/token/`, scopes: {} } } },
      'password',
    )
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-Cart-Token', description: CART_TOKEN_HELP },
      'cart_token',
    )
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) completeOperation(operation, method, path);
    }
  }
  completeSchemas(document);
  if (listFormat === 'array') describeBareArrays(document);
  return document;
}
