import { describeInBrowser } from '../support/browser.js';
import { openReactShop } from '../support/shop-visitor.js';
import { tellShopStories } from './shop-stories.js';

describeInBrowser('The React shop', () => tellShopStories(openReactShop));
