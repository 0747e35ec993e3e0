import { Controller, Get, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Roles } from '../http/access.js';
import { JsonResponse } from '../http/json-response.js';
import { type Json, MAX_PAGE_SIZE } from '../http/paging.js';
import { MODELS } from './models.js';
import { AdminModelDto, AdminRowDto, AdminRowListDto } from './models.dto.js';
import { ModelsService } from './models.service.js';
import { DIALECTS } from './rows-csv.js';

const ApiModel = () =>
  ApiParam({ name: 'model', enum: Object.keys(MODELS), enumName: 'ModelName', example: 'products' });

const ApiFilters = (): MethodDecorator => (target, property, descriptor) => {
  const queries: [string, string, object?][] = [
    ['search', 'Words, parts of names, or `#` and an id; what is searched depends on the model.'],
    ['ids', 'Ids, separated by commas.'],
    ['deleted', '`only`: deleted rows in place of the others.'],
  ];
  for (const [name, description] of queries)
    ApiQuery({ name, description, required: false, schema: { type: 'string' } })(
      target,
      property,
      descriptor,
    );
};

const ApiPaging = (): MethodDecorator => (target, property, descriptor) => {
  const queries = [
    { name: 'ordering', schema: { type: 'string' }, description: 'One of `orderings` of the model.' },
    { name: 'page', schema: { type: 'integer', minimum: 1 }, description: 'Page number.' },
    {
      name: 'page_size',
      schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE_SIZE },
      description: 'Rows a page.',
    },
    {
      name: 'cursor',
      schema: { type: 'string' },
      description: 'Where the page starts, taken from a `next` link.',
    },
  ] as const;
  for (const query of queries) ApiQuery({ ...query, required: false } as never)(target, property, descriptor);
};

@ApiTags('Admin')
@Controller('admin')
@Roles('admin')
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  /** List the models: their columns, filters and actions (admin) */
  @Get('models')
  @ApiOkResponse({ type: [AdminModelDto] })
  listModels(): AdminModelDto[] {
    return this.models.list();
  }

  /** List rows of a model; each filter of its columns and switches is a parameter (admin) */
  @Get(':model')
  @ApiModel()
  @ApiFilters()
  @ApiPaging()
  @JsonResponse(AdminRowListDto)
  listRows(
    @Param('model') model: string,
    @Query() query: Record<string, string>,
  ): Promise<Json<AdminRowListDto>> {
    return this.models.listRows(model, query);
  }

  /** Export all rows that the same filters list, as CSV; `X-Total-Count` is their number (admin) */
  @Get('csv/:model')
  @ApiModel()
  @ApiFilters()
  @ApiQuery({ name: 'dialect', enum: DIALECTS, enumName: 'CsvDialect', required: false })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async exportRows(
    @Param('model') model: string,
    @Query() query: Record<string, string>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { count, file } = await this.models.export(model, query);
    reply.header('x-total-count', count);
    return new StreamableFile(file, {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="${model}.csv"`,
    });
  }

  /** Read a row of a model (admin) */
  @Get(':model/:id')
  @ApiModel()
  @ApiParam({ name: 'id', schema: { type: 'string' }, example: '7' })
  @JsonResponse(AdminRowDto)
  getRow(@Param('model') model: string, @Param('id') id: string): Promise<Json<AdminRowDto>> {
    return this.models.findRow(model, id);
  }
}
