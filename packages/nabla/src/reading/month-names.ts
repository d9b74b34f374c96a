/** Names of months and days of the week, and words that stand in dates without meaning a number. */

// a declared table: English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish, Norwegian, Polish
const MONTHS: readonly string[] = [
  "january jan januar jänner jän janvier janv enero ene gennaio gen janeiro januari stycznia styczeń sty",
  "february feb februar februari feber février févr fév fevrier fevr febrero febbraio fevereiro fev febr lutego luty lut",
  "march mar märz maerz mär mrz mars marzo março marco maart mrt marts marca marzec",
  "april apr avril avr abril abr aprile kwietnia kwiecień kwi",
  "may mai mayo maggio mag maio mei maj maja",
  "june jun juni juin junio giugno giu junho czerwca czerwiec cze",
  "july jul juli juillet juil juill julio luglio lug julho lipca lipiec lip",
  "august aug août aout aoû agosto ago augustus augusti sierpnia sierpień sie",
  "september sep sept septembre septiembre setiembre set settembre sett setembro września wrzesień wrz",
  "october oct oktober okt octobre octubre ottobre ott outubro out października październik paź",
  "november nov novembre noviembre novembro listopada listopad lis",
  "december dec dezember dez décembre déc decembre diciembre dic dicembre dezembro desember des grudnia grudzień gru",
];

// a declared table: the same languages
const WEEKDAYS = [
  "monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday sun",
  "montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sonnabend sa sonntag so",
  "lundi lun mardi mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim",
  "lunes martes miércoles miercoles mié mie jueves jue viernes vie sábado sabado sáb sab domingo dom",
  "lunedì martedì mercoledì giovedì gio venerdì sabato domenica",
  "segunda terça quarta quinta sexta seg ter qua qui sex feira",
  "maandag ma dinsdag woensdag wo donderdag vrijdag vr zaterdag za zondag zo",
  "måndag mån tisdag tis onsdag ons torsdag tors fredag fre lördag lör söndag sön",
  "mandag man tirsdag tirs lørdag lør søndag søn",
  "poniedziałek pon wtorek wt środa śr czwartek czw piątek pt sobota niedziela niedz",
].join(" ");

const FILLERS = "de del of the den der le el am on at um à às a las la il op di alle ore om kl";

const months: ReadonlyMap<string, number> = new Map(
  MONTHS.flatMap((names, i) => names.split(" ").map((name) => [name, i + 1] as const)),
);
const withoutMeaning: ReadonlySet<string> = new Set(`${WEEKDAYS} ${FILLERS}`.split(" "));

/** The month, from 1, that a word in small letters names. */
export function monthOf(word: string): number | undefined {
  return months.get(word);
}

/** Whether a word in small letters may stand in a date beside its numbers: a day of the week, "of", "de". */
export function isDateFiller(word: string): boolean {
  return withoutMeaning.has(word);
}
