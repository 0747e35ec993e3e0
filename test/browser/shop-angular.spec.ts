import { describeWithAngular, openAngularShop } from '../support/angular-shop.js';
import { tellShopStories } from './shop-stories.js';

describeWithAngular('The Angular shop', () => tellShopStories(openAngularShop));
