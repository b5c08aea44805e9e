// Opens a workbook with the libraries that web applications use and saves it with each:
// The files beside it are tests/field/date_with_time.xlsx, saved so:
//   npm install exceljs xlsx xlsx-populate && node save.mjs FILE.xlsx OUTFOLDER
import { createRequire } from "node:module";
import path from "node:path";

const [file, folder] = process.argv.slice(2);
const require = createRequire(path.join(process.cwd(), "package.json"));
const ExcelJS = require("exceljs");
const SheetJS = require("xlsx");
const Populate = require("xlsx-populate");
const named = (name) => path.join(folder, name);

const book = new ExcelJS.Workbook();
await book.xlsx.readFile(file);
await book.xlsx.writeFile(named("exceljs.xlsx"));

for (const kind of ["xlsx", "xls", "xlsb", "ods"]) {
  const read = SheetJS.readFile(file, { cellStyles: true, cellNF: true });
  SheetJS.writeFile(read, named(`sheetjs.${kind}`), { bookType: kind === "xls" ? "biff8" : kind });
}

const populated = await Populate.fromFileAsync(file);
await populated.toFileAsync(named("xlsx-populate.xlsx"));
