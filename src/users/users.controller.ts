import { Body, Controller, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Roles, type Principal } from '../http/access.js';
import { Conditional } from '../http/conditional.js';
import { IdPipe } from '../http/id.pipe.js';
import { JsonResponse } from '../http/json-response.js';
import { type Json, type Page, PageOf } from '../http/paging.js';
import {
  AcceptsIfMatch,
  AcceptsIfNoneMatch,
  IfMatch,
  MustBeNew,
  type Precondition,
} from '../http/preconditions.js';
import {
  AcceptsIdempotencyKey,
  Idempotency,
  type IdempotentRequest,
} from '../idempotency/idempotent-request.js';
import { CreateUserDto, UpdateUserDto, UserDto, UsersQuery } from './users.dto.js';
import { UsersService } from './users.service.js';

/** An example of one field: with all of them Swagger UI would rename the signed-in user at the first try. */
const ApiChanges = () =>
  ApiBody({
    type: UpdateUserDto,
    examples: {
      'A new address': {
        value: { phone: '0123456789', shipping_address: '123 Rue de la Paix, 75001 Paris' },
      },
    },
  });

@ApiTags('Users')
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  /** List all users (admin) */
  @Get()
  @Roles('admin')
  @JsonResponse(PageOf(UserDto))
  listUsers(@Query() query: UsersQuery): Promise<Json<Page<UserDto>>> {
    return this.users.list(query);
  }

  /** Create a user with any role (admin) */
  @Post()
  @Roles('admin')
  @AcceptsIdempotencyKey()
  @AcceptsIfNoneMatch()
  @JsonResponse(UserDto, 201)
  createUser(
    @Body() user: CreateUserDto,
    @CurrentUser() by: Principal,
    @MustBeNew() mustBeNew: boolean,
    @Idempotency() request?: IdempotentRequest,
  ): Promise<Json<UserDto>> {
    return this.users.create(user, by, request, mustBeNew);
  }

  /** Read the current user */
  @Get('me')
  @Conditional()
  @ApiOkResponse({ type: UserDto })
  getMe(@CurrentUser() user: Principal): Promise<UserDto> {
    return this.users.find(user.id, user);
  }

  /** Update the current user */
  @Put('me')
  @AcceptsIfMatch()
  @ApiChanges()
  @ApiOkResponse({ type: UserDto })
  replaceMe(
    @Body() changes: UpdateUserDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<UserDto> {
    return this.users.update(user.id, changes, user, precondition);
  }

  /** Update some fields of the current user */
  @Patch('me')
  @AcceptsIfMatch()
  @ApiChanges()
  @ApiOkResponse({ type: UserDto })
  updateMe(
    @Body() changes: UpdateUserDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<UserDto> {
    return this.users.update(user.id, changes, user, precondition);
  }

  /** Read a user: the current one, or any (admin) */
  @Get(':id')
  @Conditional()
  @ApiParam({ name: 'id', type: 'integer' })
  @ApiOkResponse({ type: UserDto })
  getUser(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<UserDto> {
    return this.users.find(id, user);
  }

  /** Update a user: the current one, or any (admin) */
  @Put(':id')
  @AcceptsIfMatch()
  @ApiParam({ name: 'id', type: 'integer' })
  @ApiChanges()
  @ApiOkResponse({ type: UserDto })
  replaceUser(
    @Param('id', IdPipe) id: number,
    @Body() changes: UpdateUserDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<UserDto> {
    return this.users.update(id, changes, user, precondition);
  }

  /** Update some fields of a user: the current one, or any (admin) */
  @Patch(':id')
  @AcceptsIfMatch()
  @ApiParam({ name: 'id', type: 'integer' })
  @ApiChanges()
  @ApiOkResponse({ type: UserDto })
  updateUser(
    @Param('id', IdPipe) id: number,
    @Body() changes: UpdateUserDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<UserDto> {
    return this.users.update(id, changes, user, precondition);
  }
}
