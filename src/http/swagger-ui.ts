import type { FastifyInstance } from 'fastify';
import { createRequire } from 'node:module';
import path from 'node:path';
import { sendFile } from './static-file.js';

const OPTIONS = {
  url: '/api/docs-json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: true, // keeps the token that somebody typed in
  displayRequestDuration: true,
  tryItOutEnabled: true,
};

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Comptoir API</title>
    <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
    <link rel="icon" href="/api/docs/favicon-32x32.png" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/swagger-ui-init.js"></script>
  </body>
</html>
`;

/** Shows the OpenAPI document. @nestjs/swagger could, but takes @fastify/static and 20 packages with it. */
export function serveSwaggerUi(fastify: FastifyInstance): void {
  const files = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  fastify.get('/api/docs', (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE));
  fastify.get('/api/docs/swagger-ui-init.js', (_request, reply) =>
    reply
      .type('text/javascript; charset=utf-8')
      .send(`SwaggerUIBundle(${JSON.stringify(OPTIONS, null, 2)});\n`),
  );
  fastify.get<{ Params: { file: string } }>('/api/docs/:file', (request, reply) =>
    sendFile(files, request.params.file, request, reply),
  );
}
