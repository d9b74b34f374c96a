/** A column as the user says that it is. */
import { compact } from "../base/compact.ts";
import { count } from "../base/text.ts";
import { DATE_ORDERS, type DateOrder } from "../data/column-reading.ts";
import { areTruthCells, draftCategory } from "./decide-categories.ts";
import { draftDates, draftTimes, tryDates, tryTimes } from "./decide-dates.ts";
import { draftNumbers, tryNumbers } from "./decide-numbers.ts";
import type { AskedReading, DraftDecision } from "./decision.ts";
import { type ColumnEvidence, keptWords } from "./evidence.ts";
import { plainDates } from "./plain-dates.ts";

const SAID = "as you say";

/** The decision for a column of which the user says what it holds; cells that are something else do not fit. */
export function draftAsked(evidence: ColumnEvidence, as: AskedReading): DraftDecision {
  const { facts, others } = evidence;
  const numeric = facts.count > 0 && others.length === 0 && evidence.column.declared !== "text";
  switch (as) {
    case "number":
      return areTruthCells(evidence) ? truthNumbers(evidence) : asked(draftNumbers(tryNumbers(evidence), evidence));
    case "number:comma":
      return asked(draftNumbers(tryNumbers(evidence, ","), evidence));
    case "number:point":
      return asked(draftNumbers(tryNumbers(evidence, "."), evidence));
    case "category":
      return draftCategory(evidence, { how: "names", why: SAID, numeric, kept: true });
    case "boolean":
      return draftCategory(evidence, { how: "yes or no", why: SAID, truth: true, kept: true });
    case "time":
      return asked(draftTimes(tryTimes(evidence), evidence));
    case "text":
      return askedTexts(evidence);
    case "ignore":
      return {
        ...draftCategory(evidence, { how: "ignored", why: SAID, kept: true }),
        reading: { as: "text" },
        notices: [],
        leftOut: "ignored",
      };
    default:
      return asked(
        askedDates(
          evidence,
          DATE_ORDERS.find((order) => as === `date:${order}`),
        ),
      );
  }
}

/** Yes and no as 1 and 0. */
function truthNumbers(evidence: ColumnEvidence): DraftDecision {
  const { words, notices, distinct } = draftCategory(evidence, { how: "", why: SAID, truth: true, kept: true });
  const reading = compact({ as: "number" as const, binary: true, missing: keptWords(words, evidence) });
  return {
    reading,
    how: "yes and no as 1 and 0",
    why: SAID,
    words,
    unfit: [],
    notices,
    distinct,
    distinctIsExact: true,
  };
}

function askedTexts(evidence: ColumnEvidence): DraftDecision {
  const { levels: _, reading, ...draft } = draftCategory(evidence, { how: "texts", why: SAID, kept: true });
  return { ...draft, reading: compact({ as: "text" as const, missing: reading.missing }), notices: [] };
}

function asked(draft: DraftDecision): DraftDecision {
  return { ...draft, why: SAID };
}

function askedDates(evidence: ColumnEvidence, order: DateOrder | undefined): DraftDecision {
  const { facts, others, known } = evidence;
  const found = order ?? (others.length === 0 ? (plainDates(evidence)?.order ?? guessedOrder(evidence)) : undefined);
  const trial = tryDates(evidence, found);
  return draftDates({ ...trial, good: trial.good + facts.count }, evidence, `${count(known, "cell")}`);
}

/** The order of plain numbers that the user calls dates: eight digits, six digits, or the days of a spreadsheet. */
function guessedOrder({ facts }: ColumnEvidence): DateOrder {
  if (facts.maximum >= 10_000_000) return "compact";
  return facts.minimum >= 180_001 ? "month" : "excel";
}
