import { describeWithAngular, openAngularShop } from '../support/angular-shop.js';
import { measureShop } from './shop-figures.js';

describeWithAngular("The Angular shop's figures", () => measureShop('Angular', openAngularShop));
