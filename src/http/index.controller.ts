import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Config } from '../config/config.js';
import { Public } from './access.js';

class LinksDto {
  @ApiProperty({ format: 'uri', example: 'http://localhost:8000/api/docs' })
  docs!: string;

  @ApiProperty({ format: 'uri', example: 'http://localhost:8000/api/docs-json' })
  openapi!: string;

  @ApiProperty({ format: 'uri', example: 'http://localhost:8000/api/products' })
  products!: string;
}

@ApiTags('Links')
@Controller()
export class IndexController {
  constructor(private readonly config: Config) {}

  /** List the addresses of the API */
  @Get()
  @Public()
  @Header('vary', 'Accept, Origin') // a browser gets a page at the root
  @ApiOkResponse({ type: LinksDto })
  getLinks(): LinksDto {
    const api = `${this.config.publicUrl}/api`;
    return { docs: `${api}/docs`, openapi: `${api}/docs-json`, products: `${api}/products` };
  }
}
