import { describeInBrowser } from '../support/browser.js';
import { openReactShop } from '../support/shop-visitor.js';
import { measureShop } from './shop-figures.js';

describeInBrowser("The React shop's figures", () => measureShop('React', openReactShop));
