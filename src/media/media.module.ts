import { Module } from '@nestjs/common';
import { MultipartModule } from '@nestjs/platform-fastify/multipart';
import { Config } from '../config/config.js';
import { MediaService } from './media.service.js';
import { MediaStore } from './media-store.js';
import { PictureEncoder } from './picture-encoder.js';
import { PictureFilesRepository } from './picture-files.repository.js';
import { UploadFolder } from './upload-folder.js';
import { multipartOptions, UploadStorage } from './uploads.js';

@Module({ providers: [UploadFolder, UploadStorage], exports: [UploadFolder, UploadStorage] })
class UploadStorageModule {}

const Multipart = MultipartModule.registerAsync({
  imports: [UploadStorageModule],
  inject: [UploadStorage, Config],
  useFactory: multipartOptions,
});

@Module({
  imports: [Multipart, UploadStorageModule],
  providers: [MediaService, MediaStore, PictureEncoder, PictureFilesRepository],
  exports: [Multipart, UploadStorageModule, MediaService, MediaStore],
})
export class MediaModule {}
