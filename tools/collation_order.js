// Answers one question of collation_data.py about the order of characters: JSON in, JSON out.
'use strict';

const { operation, strings } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const compare = new Intl.Collator('en-US').compare;
const levels = ['variant', 'accent', 'base'].map((sensitivity) => new Intl.Collator('en-US', { sensitivity }).compare);
// The number of levels that see a difference.
const difference = (a, b) => levels.filter((level) => level(a, b) !== 0).length;
const ASSIGNED = /[^\p{Cn}\p{Co}\p{Cs}\p{Unified_Ideograph}\uac00-\ud7a3]/u;
const codes = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code));
const operations = {
    sort: () => strings.sort(compare),
    ideographs: () => codes.filter((character) => /\p{Unified_Ideograph}/u.test(character)).sort(compare),
    decomposed: () => codes.map((character) => [character, character.normalize('NFD')])
        .filter(([character, parts]) => character !== parts),
    characters: () => codes.filter((character) => ASSIGNED.test(character)).sort(compare).map((character, index, all) =>
        [character, difference(index ? all[index - 1] : '', character), difference(character, character.normalize('NFKD'))]),
};
process.stdout.write(JSON.stringify(operations[operation]()));
