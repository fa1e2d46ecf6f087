import { runCells } from './matrix/cases.js';
import { againCells, firstCells } from './matrix/cells.js';

runCells('every operation with every fault', [...firstCells(), ...againCells()]);
