import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type Principal, Public, Roles } from '../http/access.js';
import { Conditional } from '../http/conditional.js';
import { IdPipe } from '../http/id.pipe.js';
import { JsonResponse } from '../http/json-response.js';
import { type Json, type Page, PageOf } from '../http/paging.js';
import { AcceptsIfMatch, IfMatch, type Precondition } from '../http/preconditions.js';
import type { Upload } from '../http/uploads.js';
import {
  AcceptsIdempotencyKey,
  Idempotency,
  type IdempotentRequest,
} from '../idempotency/idempotent-request.js';
import { TakesFiles, Uploads } from '../media/uploads.js';
import {
  DescribePictureDto,
  OrderPicturesDto,
  PictureDto,
  PictureUploadDto,
  UploadPictureDto,
} from './pictures.dto.js';
import { PicturesService } from './pictures.service.js';

@ApiTags('Products')
@Controller('products/:id/images')
export class PicturesController {
  constructor(private readonly pictures: PicturesService) {}

  /** List the pictures of a product, in their order */
  @Get()
  @Public()
  @Conditional()
  @JsonResponse(PageOf(PictureDto))
  listPictures(@Param('id', IdPipe) id: number): Promise<Json<Page<PictureDto>>> {
    return this.pictures.list(id);
  }

  /** Add a picture after the others, and get all of them (admin) */
  @Post()
  @Roles('admin')
  @AcceptsIdempotencyKey()
  @AcceptsIfMatch()
  @TakesFiles('image', 'images')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: PictureUploadDto })
  @JsonResponse(PageOf(PictureDto), 201)
  uploadPicture(
    @Param('id', IdPipe) id: number,
    @Uploads() uploads: Upload[],
    @Body() fields: UploadPictureDto,
    @CurrentUser() user: Principal,
    @Idempotency() request?: IdempotentRequest,
    @IfMatch() precondition?: Precondition,
  ): Promise<Json<Page<PictureDto>>> {
    return this.pictures.add(id, uploads, fields, user, request, precondition);
  }

  /** Bring the pictures of a product into another order: the first one is its image (admin) */
  @Put('order')
  @Roles('admin')
  @AcceptsIfMatch()
  @JsonResponse(PageOf(PictureDto))
  sortPictures(
    @Param('id', IdPipe) id: number,
    @Body() order: OrderPicturesDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<Json<Page<PictureDto>>> {
    return this.pictures.sort(id, order, user, precondition);
  }

  /** Read a picture of a product */
  @Get(':picture_id')
  @Public()
  @Conditional()
  @JsonResponse(PictureDto)
  getPicture(
    @Param('id', IdPipe) id: number,
    @Param('picture_id', IdPipe) pictureId: number,
  ): Promise<Json<PictureDto>> {
    return this.pictures.find(id, pictureId);
  }

  /** Replace a picture; its alternative text stays unless there is a new one (admin) */
  @Put(':picture_id')
  @Roles('admin')
  @AcceptsIfMatch()
  @TakesFiles('image')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: PictureUploadDto })
  @JsonResponse(PictureDto)
  replacePicture(
    @Param('id', IdPipe) id: number,
    @Param('picture_id', IdPipe) pictureId: number,
    @Uploads() uploads: Upload[],
    @Body() fields: UploadPictureDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<Json<PictureDto>> {
    return this.pictures.replace(id, pictureId, uploads, fields, user, precondition);
  }

  /** Change the alternative text of a picture (admin) */
  @Patch(':picture_id')
  @Roles('admin')
  @AcceptsIfMatch()
  @JsonResponse(PictureDto)
  updatePicture(
    @Param('id', IdPipe) id: number,
    @Param('picture_id', IdPipe) pictureId: number,
    @Body() description: DescribePictureDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<Json<PictureDto>> {
    return this.pictures.describe(id, pictureId, description, user, precondition);
  }

  /** Remove a picture from a product (admin) */
  @Delete(':picture_id')
  @Roles('admin')
  @HttpCode(204)
  @AcceptsIfMatch()
  @ApiNoContentResponse()
  deletePicture(
    @Param('id', IdPipe) id: number,
    @Param('picture_id', IdPipe) pictureId: number,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<void> {
    return this.pictures.remove(id, pictureId, user, precondition);
  }
}
