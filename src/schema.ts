import { Functions1795222800000 } from '../migrations/1795222800000-functions.js';
import { Search1795400100000 } from '../migrations/1795400100000-search.js';
import { Pictures1795400200000 } from '../migrations/1795400200000-pictures.js';
import { Tables1795219200000 } from '../migrations/1795219200000-tables.js';
import { Admin1795400300000 } from '../migrations/1795400300000-admin.js';
import { Keeper1795500200000 } from '../migrations/1795500200000-keeper.js';
import { Guests1795400400000 } from '../migrations/1795400400000-guests.js';
import { FavoriteMails1795400600000 } from '../migrations/1795400600000-favorite-mails.js';
import { Webhooks1795400500000 } from '../migrations/1795400500000-webhooks.js';
import { Imports1795500100000 } from '../migrations/1795500100000-imports.js';
import { Erasure1796000000000 } from '../migrations/1796000000000-erasure.js';
import { WordAge1796200000000 } from '../migrations/1796200000000-word-age.js';
import { Availability1796500000000 } from '../migrations/1796500000000-availability.js';
import { AccountToken } from './account-tokens/account-token.entity.js';
import { EmailUndoToken } from './account-tokens/email-undo-token.entity.js';
import { BulkChange } from './admin/bulk-change.entity.js';
import { BulkRow } from './admin/bulk-row.entity.js';
import { AuditEntry } from './audit/audit-entry.entity.js';
import { CartItem } from './cart/cart-item.entity.js';
import { GuestCart } from './cart/guest-cart.entity.js';
import type { Schema } from './database/data-source.js';
import { Favorite } from './favorites/favorite.entity.js';
import { IdempotencyKey } from './idempotency/idempotency-key.entity.js';
import { ProductImport } from './imports/product-import.entity.js';
import { JobWorker } from './jobs/job-worker.entity.js';
import { SentMail } from './mail/sent-mail.entity.js';
import { GuestOrder } from './orders/guest-order.entity.js';
import { OrderItem } from './orders/order-item.entity.js';
import { OrderEvent } from './orders/order-event.entity.js';
import { Order } from './orders/order.entity.js';
import { PictureFile } from './media/picture-file.entity.js';
import { Category } from './products/category.entity.js';
import { Picture } from './products/picture.entity.js';
import { Product } from './products/product.entity.js';
import { ProductVersion } from './products/product-version.entity.js';
import { StockMovement } from './products/stock-movement.entity.js';
import { Session } from './sessions/session.entity.js';
import { User } from './users/user.entity.js';
import { WebhookDelivery } from './webhooks/webhook-delivery.entity.js';
import { WebhookEndpoint } from './webhooks/webhook-endpoint.entity.js';
import { WebhookEvent } from './webhooks/webhook-event.entity.js';

/** Entities and migrations of all features, gathered here so that `database/` does not import features. */
export const SCHEMA: Schema = {
  entities: [
    User,
    Session,
    Category,
    Product,
    Picture,
    PictureFile,
    StockMovement,
    ProductVersion,
    CartItem,
    GuestCart,
    Order,
    OrderItem,
    OrderEvent,
    GuestOrder,
    Favorite,
    IdempotencyKey,
    AccountToken,
    EmailUndoToken,
    JobWorker,
    AuditEntry,
    SentMail,
    WebhookEndpoint,
    WebhookEvent,
    WebhookDelivery,
    BulkChange,
    BulkRow,
    ProductImport,
  ],
  migrations: [
    Tables1795219200000,
    Functions1795222800000,
    Search1795400100000,
    Pictures1795400200000,
    Admin1795400300000,
    Guests1795400400000,
    Webhooks1795400500000,
    FavoriteMails1795400600000,
    Imports1795500100000,
    Keeper1795500200000,
    Erasure1796000000000,
    WordAge1796200000000,
    Availability1796500000000,
  ],
};
