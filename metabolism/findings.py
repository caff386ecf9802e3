"""Every finding that Circulez can make: its stable kind, its severity, and its words in three languages.

A finding is a row of a table; the words are made at the end, from its kind and its parameters (`declared`,
`suggested`, `detail`). `blocking` stops that row or file, never the rest.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import pandas as pd

COLUMNS = [
    "territory_id",
    "year",
    "source_file",
    "source_sha256",
    "source_sheet",
    "source_row",
    "establishment_id",
    "column_name",
    "kind",
    "declared",
    "suggested",
    "detail",
]
LANGUAGES = ("en", "fr", "de")


@dataclass(frozen=True)
class Rule:
    """One kind of finding: what is wrong, and what its author can do."""

    severity: str
    en: str
    fr: str
    de: str


RULES: dict[str, Rule] = {
    "unreadable_file": Rule(
        "blocking",
        "This file could not be read: {detail}. Open it, save it again as .xlsx or .csv, and send that file.",
        "Ce fichier n'a pas pu être lu : {detail}. Ouvrez-le, enregistrez-le en .xlsx ou .csv, et envoyez ce fichier.",
        "Diese Datei konnte nicht gelesen werden: {detail}. Öffnen Sie sie, speichern Sie sie als .xlsx oder .csv und"
        " senden Sie diese Datei.",
    ),
    "unrecognised_file": Rule(
        "blocking",
        "It is not known which sheet this file holds. Name it like `answers.flows.csv`, or let a mapping.yaml name it.",
        "On ne sait pas quelle feuille contient ce fichier. Nommez-le par exemple `reponses.flows.csv`, ou citez-le dans"
        " un mapping.yaml.",
        "Es ist nicht bekannt, welches Blatt diese Datei enthält. Nennen Sie sie etwa `antworten.flows.csv`, oder führen"
        " Sie sie in einer mapping.yaml auf.",
    ),
    "misplaced_file": Rule(
        "blocking",
        "This file does not stand in a folder surveys/<territory>/<year>/, so its territory and year are not known and none"
        " of its rows counts. Move it there; a territory's id has lower case letters, digits, - and _ only.",
        "Ce fichier n'est pas dans un dossier surveys/<territoire>/<année>/ : son territoire et son année sont inconnus, et"
        " aucune de ses lignes ne compte. Placez-le dans un tel dossier ; l'identifiant d'un territoire n'a que des"
        " minuscules, chiffres, - et _.",
        "Diese Datei liegt nicht in einem Ordner surveys/<Gebiet>/<Jahr>/; Gebiet und Jahr sind unbekannt, und keine ihrer"
        " Zeilen zählt. Legen Sie sie dort ab; eine Gebietskennung hat nur Kleinbuchstaben, Ziffern, - und _.",
    ),
    "duplicate_file": Rule(
        "info",
        "The same file was received twice for this territory and year; {suggested} stands, this copy is not counted.",
        "Le même fichier a été reçu deux fois pour ce territoire et cette année ; {suggested} est retenu, cette copie"
        " n'est pas comptée.",
        "Dieselbe Datei ging für dieses Gebiet und Jahr zweimal ein; {suggested} gilt, diese Kopie wird nicht gezählt.",
    ),
    "no_sheet": Rule(
        "blocking",
        "No sheet of this workbook is one of the questionnaire's ({detail}). Name its sheets so.",
        "Aucune feuille de ce classeur n'est une feuille du questionnaire ({detail}). Nommez-les ainsi.",
        "Kein Blatt dieser Mappe gehört zum Fragebogen ({detail}). Benennen Sie die Blätter so.",
    ),
    "unknown_sheet": Rule(
        "info",
        "The sheet «{declared}» is not one of the questionnaire's and was not read.",
        "La feuille « {declared} » ne fait pas partie du questionnaire et n'a pas été lue.",
        "Das Blatt «{declared}» gehört nicht zum Fragebogen und wurde nicht gelesen.",
    ),
    "missing_column": Rule(
        "blocking",
        "{where}: the column «{column}» is missing, so no row of this sheet can be used. Add it{perhaps_en}.",
        "{where} : la colonne « {column} » manque, aucune ligne de cette feuille n'est utilisable. Ajoutez-la"
        "{perhaps_fr}.",
        "{where}: die Spalte «{column}» fehlt, keine Zeile dieses Blattes ist verwendbar. Ergänzen Sie sie{perhaps_de}.",
    ),
    "unknown_column": Rule(
        "info",
        "{where}: the column «{declared}» is not one of the questionnaire's; it is kept but not used{perhaps_en}.",
        "{where} : la colonne « {declared} » n'est pas du questionnaire ; elle est conservée sans être utilisée"
        "{perhaps_fr}.",
        "{where}: die Spalte «{declared}» gehört nicht zum Fragebogen; sie wird aufbewahrt, aber nicht verwendet"
        "{perhaps_de}.",
    ),
    "duplicate_column": Rule(
        "warning",
        "{where}: the column «{declared}» stands twice; the first one is read.",
        "{where} : la colonne « {declared} » figure deux fois ; la première est lue.",
        "{where}: die Spalte «{declared}» steht zweimal; die erste wird gelesen.",
    ),
    "ragged_row": Rule(
        "warning",
        "{where}: this row has more cells than the header; «{declared}» stands beyond it, and is kept but not used. Check"
        " that no text or number of this row holds a separator without quotation marks.",
        "{where} : cette ligne a plus de cellules que l'en-tête ; « {declared} » se trouve au-delà, est conservé mais non"
        " utilisé. Vérifiez qu'aucun texte ou nombre de la ligne ne contient un séparateur sans guillemets.",
        "{where}: diese Zeile hat mehr Zellen als die Kopfzeile; «{declared}» steht darüber hinaus, wird aufbewahrt, aber"
        " nicht verwendet. Prüfen Sie, ob ein Text oder eine Zahl ein Trennzeichen ohne Anführungszeichen enthält.",
    ),
    "mapping_refused": Rule(
        "blocking",
        "The mapping was refused as a whole: {detail}{perhaps_en}. Mend mapping.yaml and run again.",
        "La correspondance a été refusée en bloc : {detail}{perhaps_fr}. Corrigez mapping.yaml et relancez.",
        "Die Zuordnung wurde als Ganzes abgelehnt: {detail}{perhaps_de}. Berichtigen Sie mapping.yaml und starten Sie neu.",
    ),
    "missing_value": Rule(
        "blocking",
        "{where}: a value is needed here and the cell is empty. Fill it in.",
        "{where} : une valeur est nécessaire et la cellule est vide. Complétez-la.",
        "{where}: hier ist ein Wert nötig, die Zelle ist leer. Bitte ausfüllen.",
    ),
    "not_a_number": Rule(
        "blocking",
        "{where}: «{declared}» is not a number. Write digits only, such as 1234.5; an estimate is welcome.",
        "{where} : « {declared} » n'est pas un nombre. Écrivez des chiffres seuls, comme 1234,5 ; une estimation suffit.",
        "{where}: «{declared}» ist keine Zahl. Schreiben Sie nur Ziffern, etwa 1234,5; eine Schätzung genügt.",
    ),
    "ambiguous_number": Rule(
        "blocking",
        "{where}: «{declared}» can be read as {detail}. Write it without a separator of thousands.",
        "{where} : « {declared} » peut se lire {detail}. Écrivez-le sans séparateur de milliers.",
        "{where}: «{declared}» kann als {detail} gelesen werden. Schreiben Sie es ohne Tausendertrennzeichen.",
    ),
    "unknown_choice": Rule(
        "blocking",
        "{where}: «{declared}» is not one of {detail}{perhaps_en}.",
        "{where} : « {declared} » n'est pas dans la liste {detail}{perhaps_fr}.",
        "{where}: «{declared}» gehört nicht zu {detail}{perhaps_de}.",
    ),
    "unreadable_value": Rule(
        "warning",
        "{where}: «{declared}» was not understood ({detail} is expected); the cell is taken as empty, the row stands.",
        "{where} : « {declared} » n'a pas été compris (attendu : {detail}) ; la cellule est tenue pour vide, la ligne"
        " est gardée.",
        "{where}: «{declared}» wurde nicht verstanden (erwartet: {detail}); die Zelle gilt als leer, die Zeile bleibt.",
    ),
    "unknown_resource": Rule(
        "blocking",
        "{where}: «{declared}» is no resource and no waste code that is known here{perhaps_en}.",
        "{where} : « {declared} » n'est ni une ressource ni un code déchet connus{perhaps_fr}.",
        "{where}: «{declared}» ist weder eine bekannte Ressource noch ein Abfallschlüssel{perhaps_de}.",
    ),
    "unknown_unit": Rule(
        "blocking",
        "{where}: the unit «{declared}» is not known{perhaps_en}. Use for instance kg, t, m3, l, kWh, MWh or pieces.",
        "{where} : l'unité « {declared} » est inconnue{perhaps_fr}. Utilisez par exemple kg, t, m3, l, kWh, MWh ou"
        " pièces.",
        "{where}: die Einheit «{declared}» ist unbekannt{perhaps_de}. Verwenden Sie etwa kg, t, m3, l, kWh, MWh oder"
        " Stück.",
    ),
    "no_factor": Rule(
        "blocking",
        "{where}: «{declared}» cannot be turned into {suggested} for {detail}, for want of a factor. Give the quantity in"
        " {suggested} if you can.",
        "{where} : « {declared} » ne peut être converti en {suggested} pour {detail}, faute de facteur. Donnez si"
        " possible la quantité en {suggested}.",
        "{where}: «{declared}» lässt sich für {detail} nicht in {suggested} umrechnen, es fehlt ein Faktor. Geben Sie die"
        " Menge wenn möglich in {suggested} an.",
    ),
    "sign": Rule(
        "warning",
        "{where}: the quantity {declared} is negative. It is kept, and left out of the figures until it is decided"
        " whether {suggested} was meant.",
        "{where} : la quantité {declared} est négative. Elle est gardée, et laissée hors des chiffres tant qu'on n'a pas"
        " décidé si {suggested} était voulu.",
        "{where}: die Menge {declared} ist negativ. Sie wird aufbewahrt, zählt aber nicht, bis entschieden ist, ob"
        " {suggested} gemeint war.",
    ),
    "outlier": Rule(
        "warning",
        "{where}: {declared} is beyond what one establishment can plausibly have in a year ({detail}). It is kept, and"
        " left out of the figures until it is decided. Check the unit and the decimal point.",
        "{where} : {declared} dépasse ce qu'un établissement peut avoir en un an ({detail}). C'est gardé, et laissé hors"
        " des chiffres tant que ce n'est pas décidé. Vérifiez l'unité et la virgule.",
        "{where}: {declared} übersteigt, was ein Betrieb im Jahr haben kann ({detail}). Der Wert wird aufbewahrt, zählt"
        " aber nicht, bis entschieden ist. Prüfen Sie Einheit und Komma.",
    ),
    "contradiction": Rule(
        "warning",
        "{where}: the rows of this establishment say «{declared}» and «{suggested}»; the first is taken.",
        "{where} : les lignes de cet établissement disent « {declared} » et « {suggested} » ; la première est retenue.",
        "{where}: die Zeilen dieses Betriebs sagen «{declared}» und «{suggested}»; das erste gilt.",
    ),
    "unknown_partner": Rule(
        "warning",
        "{where}: the partner «{declared}» is in no survey, no register and no list of actors; the flow is located by"
        " the other partner columns{perhaps_en}.",
        "{where} : le partenaire « {declared} » n'est dans aucune enquête, aucun registre ni aucune liste d'acteurs ; le"
        " flux est situé par les autres colonnes du partenaire{perhaps_fr}.",
        "{where}: der Partner «{declared}» steht in keiner Umfrage, keinem Register und keiner Akteursliste; der Fluss"
        " wird nach den übrigen Partnerspalten verortet{perhaps_de}.",
    ),
    "partner_is_self": Rule(
        "warning",
        "{where}: the partner is the establishment itself; the other end of this flow is taken as not known.",
        "{where} : le partenaire est l'établissement lui-même ; l'autre bout du flux est tenu pour inconnu.",
        "{where}: der Partner ist der Betrieb selbst; das andere Ende des Flusses gilt als unbekannt.",
    ),
    "unknown_place": Rule(
        "warning",
        "{where}: «{declared}» is no territory of territories.csv; the country is taken instead{perhaps_en}.",
        "{where} : « {declared} » n'est pas un territoire de territories.csv ; le pays est pris à la place{perhaps_fr}.",
        "{where}: «{declared}» ist kein Gebiet aus territories.csv; stattdessen gilt das Land{perhaps_de}.",
    ),
    "unknown_country": Rule(
        "warning",
        "{where}: «{declared}» is no country code of two letters, such as LU, DE, FR or BE; the place is taken as not"
        " known.",
        "{where} : « {declared} » n'est pas un code pays à deux lettres, comme LU, DE, FR ou BE ; le lieu est tenu pour"
        " inconnu.",
        "{where}: «{declared}» ist kein Ländercode aus zwei Buchstaben wie LU, DE, FR oder BE; der Ort gilt als"
        " unbekannt.",
    ),
    "unknown_container": Rule(
        "warning",
        "territories.csv says that {suggested} lies in, overlaps or holds «{declared}», which it does not list; this is"
        " not counted. Add a line for it.",
        "territories.csv dit que {suggested} est dans, chevauche ou contient « {declared} », qui n'y figure pas ; il n'en"
        " est pas tenu compte. Ajoutez une ligne.",
        "territories.csv sagt, {suggested} liege in, überlappe oder enthalte «{declared}», das dort nicht steht; das zählt"
        " nicht. Ergänzen Sie eine Zeile.",
    ),
    "one_sided": Rule(
        "warning",
        "{declared} declares its water complete, but only one side of it was declared; its water balance is not closed.",
        "{declared} déclare son eau complète, mais un seul côté a été déclaré ; son bilan d'eau n'est pas fermé.",
        "{declared} erklärt sein Wasser für vollständig, doch nur eine Seite wurde angegeben; die Wasserbilanz wird nicht"
        " geschlossen.",
    ),
    "mass_one_sided": Rule(
        "warning",
        "{declared} declares its materials and waste complete, but only one side was declared; its mass balance is not"
        " closed.",
        "{declared} déclare ses matières et déchets complets, mais un seul côté a été déclaré ; son bilan de masse n'est"
        " pas fermé.",
        "{declared} erklärt Materialien und Abfälle für vollständig, doch nur eine Seite wurde angegeben; die"
        " Massenbilanz wird nicht geschlossen.",
    ),
    "mass_unbalanced": Rule(
        "warning",
        "{declared} declares its materials and waste completely, but a row of them waits for a decision; its mass"
        " balance is not closed this year.",
        "{declared} déclare ses matières et déchets complets, mais une de leurs lignes attend une décision ; son bilan"
        " de masse n'est pas fermé cette année.",
        "{declared} erklärt Materialien und Abfälle für vollständig, doch eine Zeile davon wartet auf eine Entscheidung;"
        " die Massenbilanz wird dieses Jahr nicht geschlossen.",
    ),
    "lone_child": Rule(
        "warning",
        "A row for «{declared}» without a partner stands beside rows for «{detail}», which is part of it. They count as"
        " two flows. If the first holds the second, take it out or declare all of its parts.",
        "Une ligne « {declared} » sans partenaire figure à côté de lignes « {detail} », qui en font partie. Elles"
        " comptent comme deux flux. Si la première contient la seconde, retirez-la ou déclarez toutes ses parties.",
        "Eine Zeile «{declared}» ohne Partner steht neben Zeilen «{detail}», die ein Teil davon sind. Sie zählen als"
        " zwei Flüsse. Enthält die erste die zweite, streichen Sie sie oder geben Sie alle ihre Teile an.",
    ),
    "equivalent_paired": Rule(
        "info",
        "«{declared}» is what the other end calls {detail}: the two figures agree and count as one flow of waste.",
        "« {declared} » est ce que l'autre extrémité appelle {detail} : les deux chiffres concordent et comptent comme"
        " un seul flux de déchets.",
        "«{declared}» ist, was die andere Seite {detail} nennt: beide Zahlen stimmen überein und zählen als ein"
        " Abfallfluss.",
    ),
    "equivalent_apart": Rule(
        "warning",
        "«{declared}» may be what the other end calls {detail}, but the figures are more than 3 standard deviations"
        " apart: they count as two flows. Ask both what they mean.",
        "« {declared} » est peut-être ce que l'autre extrémité appelle {detail}, mais les chiffres diffèrent de plus de"
        " 3 écarts types : ils comptent comme deux flux. Demandez aux deux ce qu'ils entendent.",
        "«{declared}» ist vielleicht, was die andere Seite {detail} nennt, doch die Zahlen unterscheiden sich um"
        " mehr als 3 Standardabweichungen: sie zählen als zwei Flüsse. Fragen Sie beide, was sie meinen.",
    ),
    "control_unknown_territory": Rule(
        "warning",
        "{where}: the territory «{declared}» of this control total is not known; it is not used.",
        "{where} : le territoire « {declared} » de ce total de contrôle n'est pas connu ; il n'est pas utilisé.",
        "{where}: das Gebiet «{declared}» dieser Kontrollsumme ist nicht bekannt; sie wird nicht verwendet.",
    ),
    "control_without_frame": Rule(
        "warning",
        "{where}: the control total of {declared} ({detail}) is not used, as there is no register"
        " frame/{declared}.csv of all its establishments.",
        "{where} : le total de contrôle de {declared} ({detail}) n'est pas utilisé, faute de registre"
        " frame/{declared}.csv de tous ses établissements.",
        "{where}: die Kontrollsumme von {declared} ({detail}) wird nicht verwendet, da es kein Register"
        " frame/{declared}.csv aller Betriebe gibt.",
    ),
    "control_not_all_answered": Rule(
        "warning",
        "{where}: the control total of {declared} ({detail}) is not used, as not all establishments of the register"
        " answered this year.",
        "{where} : le total de contrôle de {declared} ({detail}) n'est pas utilisé, car tous les établissements du"
        " registre n'ont pas répondu cette année.",
        "{where}: die Kontrollsumme von {declared} ({detail}) wird nicht verwendet, da nicht alle Betriebe des Registers"
        " in diesem Jahr geantwortet haben.",
    ),
    "control_over_nothing": Rule(
        "warning",
        "{where}: the control total of {declared} ({detail}) adds up no flow that was declared; it is not used. Check its"
        " resource and side, or ask who has that flow.",
        "{where} : le total de contrôle de {declared} ({detail}) n'additionne aucun flux déclaré ; il n'est pas utilisé."
        " Vérifiez la ressource et le côté, ou demandez qui a ce flux.",
        "{where}: die Kontrollsumme von {declared} ({detail}) umfasst keinen angegebenen Fluss; sie wird nicht verwendet."
        " Prüfen Sie Ressource und Seite, oder fragen Sie, wer diesen Fluss hat.",
    ),
    "control_twice": Rule(
        "warning",
        "{where}: there is another control total of {declared} ({detail}) for the same year; both are used, each by its own"
        " uncertainty. Keep one of them, unless they come from two independent sources.",
        "{where} : il existe un autre total de contrôle de {declared} ({detail}) pour la même année ; les deux comptent,"
        " chacun selon son incertitude. N'en gardez qu'un, sauf s'ils viennent de deux sources indépendantes.",
        "{where}: es gibt eine weitere Kontrollsumme von {declared} ({detail}) für dasselbe Jahr; beide gelten, jede mit"
        " ihrer Unsicherheit. Behalten Sie nur eine, es sei denn, sie stammen aus zwei unabhängigen Quellen.",
    ),
    "sample_exceeded": Rule(
        "warning",
        "{declared}: its mobility rows add up to more persons than answered ({detail}); more than all its employees travel"
        " so. Check the columns commuters and surveyed.",
        "{declared} : ses lignes de mobilité totalisent plus de personnes que de réponses ({detail}) ; il s'ensuit plus de"
        " trajets que d'employés. Vérifiez les colonnes commuters et surveyed.",
        "{declared}: die Mobilitätszeilen ergeben mehr Personen, als geantwortet haben ({detail}); damit wären mehr als alle"
        " Beschäftigten unterwegs. Prüfen Sie die Spalten commuters und surveyed.",
    ),
    "sample_larger_than_staff": Rule(
        "warning",
        "{declared}: more persons answered about mobility than there are employees ({detail}). Check the column surveyed,"
        " or the number of employees.",
        "{declared} : plus de personnes ont répondu sur la mobilité qu'il n'y a d'employés ({detail}). Vérifiez la colonne"
        " surveyed, ou le nombre d'employés.",
        "{declared}: zur Mobilität haben mehr Personen geantwortet, als es Beschäftigte gibt ({detail}). Prüfen Sie die"
        " Spalte surveyed oder die Zahl der Beschäftigten.",
    ),
    "sample_unclear": Rule(
        "warning",
        "{declared}: its mobility rows do not agree on how many persons answered ({detail}); each row is scaled by its own"
        " figure. Write the same number in the column surveyed of every row.",
        "{declared} : ses lignes de mobilité ne s'accordent pas sur le nombre de personnes qui ont répondu ({detail}) ;"
        " chaque ligne est extrapolée par son propre chiffre. Écrivez le même nombre dans la colonne surveyed.",
        "{declared}: die Mobilitätszeilen nennen nicht dieselbe Zahl von Antworten ({detail}); jede Zeile wird mit ihrer"
        " eigenen hochgerechnet. Schreiben Sie in der Spalte surveyed überall dieselbe Zahl.",
    ),
    "sample_without_staff": Rule(
        "warning",
        "{declared}: {detail} persons answered about mobility, but the number of employees is not known, so they stand for"
        " themselves alone. Add the column employees to the sheet establishment.",
        "{declared} : {detail} personnes ont répondu sur la mobilité, mais le nombre d'employés est inconnu : elles ne"
        " comptent que pour elles-mêmes. Ajoutez employees à la feuille establishment.",
        "{declared}: zur Mobilität haben {detail} Personen geantwortet, doch die Zahl der Beschäftigten fehlt; sie stehen"
        " nur für sich selbst. Ergänzen Sie employees im Blatt establishment.",
    ),
    "actor_is_establishment": Rule(
        "warning",
        "{where}: «{declared}» is the id of an establishment too; flows that name it are those of the establishment. Give"
        " the actor another id.",
        "{where} : « {declared} » est aussi l'identifiant d'un établissement ; les flux qui le citent sont ceux de"
        " l'établissement. Donnez un autre identifiant à l'acteur.",
        "{where}: «{declared}» ist auch die Kennung eines Betriebs; Flüsse, die sie nennen, sind die des Betriebs. Geben Sie"
        " dem Akteur eine andere Kennung.",
    ),
    "line_of_unknown_territory": Rule(
        "warning",
        "{where}: «{declared}» is no territory of territories.csv, so this line serves none{perhaps_en}. Correct the id, or"
        " add the territory.",
        "{where} : « {declared} » n'est pas un territoire de territories.csv : cette ligne ne sert à aucun{perhaps_fr}."
        " Corrigez l'identifiant, ou ajoutez le territoire.",
        "{where}: «{declared}» ist kein Gebiet aus territories.csv; diese Zeile dient keinem{perhaps_de}. Berichtigen Sie"
        " die Kennung, oder ergänzen Sie das Gebiet.",
    ),
    "territories_in_a_circle": Rule(
        "warning",
        "territories.csv says that {detail} lie within one another in a circle; they count as one place. Correct the column"
        " within.",
        "territories.csv dit que {detail} sont l'un dans l'autre en cercle ; ils comptent comme un seul lieu. Corrigez la"
        " colonne within.",
        "territories.csv sagt, {detail} lägen im Kreis ineinander; sie gelten als ein Ort. Berichtigen Sie die Spalte"
        " within.",
    ),
    "bad_territory_id": Rule(
        "blocking",
        "territories.csv: «{declared}» cannot be the id of a territory: use lower case letters, digits, - and _, but not"
        " the word nature. The line is not used.",
        "territories.csv : « {declared} » ne peut être l'identifiant d'un territoire : minuscules, chiffres, - et _, mais"
        " pas le mot nature. La ligne n'est pas utilisée.",
        "territories.csv: «{declared}» kann keine Gebietskennung sein: Kleinbuchstaben, Ziffern, - und _, doch nicht das"
        " Wort nature. Die Zeile wird nicht verwendet.",
    ),
    "territory_twice": Rule(
        "warning",
        "territories.csv lists «{declared}» more than once; the first line stands. Remove the others.",
        "territories.csv cite « {declared} » plusieurs fois ; la première ligne est retenue. Supprimez les autres.",
        "territories.csv führt «{declared}» mehrmals auf; die erste Zeile gilt. Entfernen Sie die anderen.",
    ),
    "mapping_names_nothing": Rule(
        "warning",
        "This mapping names no file of its folder ({detail}). Mend `files` in mapping.yaml; a pattern does not look into"
        " subfolders.",
        "Cette correspondance ne désigne aucun fichier de son dossier ({detail}). Corrigez `files` dans mapping.yaml ; un"
        " motif ne cherche pas dans les sous-dossiers.",
        "Diese Zuordnung nennt keine Datei ihres Ordners ({detail}). Berichtigen Sie `files` in mapping.yaml; ein Muster"
        " sucht nicht in Unterordnern.",
    ),
    "unreadable_shapes": Rule(
        "blocking",
        "The file territories.geojson could not be read as a GeoJSON collection of features; territories.csv alone"
        " says which territory lies in which. Export it again as GeoJSON, in WGS84.",
        "Le fichier territories.geojson n'a pas pu être lu comme collection GeoJSON ; territories.csv seul dit quel"
        " territoire est dans lequel. Exportez-le de nouveau en GeoJSON, en WGS84.",
        "Die Datei territories.geojson konnte nicht als GeoJSON-Sammlung gelesen werden; nur territories.csv sagt,"
        " welches Gebiet in welchem liegt. Exportieren Sie die Datei neu als GeoJSON, in WGS84.",
    ),
    "shape_without_territory": Rule(
        "warning",
        "Shape no. {detail} of territories.geojson has no property territory_id and is not used. Add it.",
        "La forme n° {detail} de territories.geojson n'a pas de propriété territory_id et n'est pas utilisée."
        " Ajoutez-la.",
        "Form Nr. {detail} von territories.geojson hat keine Eigenschaft territory_id und wird nicht verwendet."
        " Ergänzen Sie sie.",
    ),
    "shape_of_unknown_territory": Rule(
        "warning",
        "Shape no. {detail} of territories.geojson is of «{declared}», which territories.csv does not list; it is"
        " not used{perhaps_en}.",
        "La forme n° {detail} de territories.geojson est celle de « {declared} », absent de territories.csv ; elle"
        " n'est pas utilisée{perhaps_fr}.",
        "Form Nr. {detail} von territories.geojson gehört zu «{declared}», das nicht in territories.csv steht; sie"
        " wird nicht verwendet{perhaps_de}.",
    ),
    "shape_twice": Rule(
        "warning",
        "Shape no. {detail} of territories.geojson is a second one of «{declared}»; the first that can be used"
        " stands. Join both into one feature, or remove one.",
        "La forme n° {detail} de territories.geojson est une seconde de « {declared} » ; la première utilisable est"
        " retenue. Réunissez-les en une seule, ou supprimez-en une.",
        "Form Nr. {detail} von territories.geojson ist eine zweite von «{declared}»; die erste verwendbare gilt."
        " Fassen Sie beide zusammen oder entfernen Sie eine.",
    ),
    "shape_without_area": Rule(
        "warning",
        "Shape no. {detail} of territories.geojson is no area ({declared}) and is not used. Draw it as a polygon.",
        "La forme n° {detail} de territories.geojson n'est pas une surface ({declared}) et n'est pas utilisée."
        " Dessinez-la en polygone.",
        "Form Nr. {detail} von territories.geojson ist keine Fläche ({declared}) und wird nicht verwendet. Zeichnen"
        " Sie sie als Polygon.",
    ),
    "shape_not_wgs84": Rule(
        "warning",
        "Shape no. {detail} of territories.geojson is not in degrees of longitude and latitude ({declared}) and is"
        " not used. Export it in WGS84 (EPSG:4326).",
        "La forme n° {detail} de territories.geojson n'est pas en degrés de longitude et latitude ({declared}) et"
        " n'est pas utilisée. Exportez-la en WGS84 (EPSG:4326).",
        "Form Nr. {detail} von territories.geojson ist nicht in Grad Länge und Breite ({declared}) und wird nicht"
        " verwendet. Exportieren Sie sie in WGS84 (EPSG:4326).",
    ),
    "shape_repaired": Rule(
        "info",
        "Shape no. {detail} of territories.geojson is no valid polygon ({declared}); it was repaired. Look at it on"
        " a map.",
        "La forme n° {detail} de territories.geojson n'est pas un polygone valide ({declared}) ; elle a été réparée."
        " Regardez-la sur une carte.",
        "Form Nr. {detail} von territories.geojson ist kein gültiges Polygon ({declared}); sie wurde repariert."
        " Sehen Sie sie auf einer Karte an.",
    ),
    "shapes_contradict": Rule(
        "warning",
        "territories.csv relates «{suggested}» to «{declared}» otherwise than their shapes do: {detail} of its area lies"
        " there. The shapes decide. Correct the line, or the shape.",
        "territories.csv relie « {suggested} » à « {declared} » autrement que leurs formes : {detail} de sa surface s'y"
        " trouve. Les formes décident. Corrigez la ligne, ou la forme.",
        "territories.csv setzt «{suggested}» zu «{declared}» anders in Beziehung als ihre Formen: {detail} der Fläche"
        " liegen dort. Die Formen entscheiden. Berichtigen Sie die Zeile oder die Form.",
    ),
    "coordinates_zero": Rule(
        "warning",
        "{where}: latitude and longitude are both 0; they are taken as not given. Fill them in, or leave them empty.",
        "{where} : latitude et longitude valent 0 ; elles sont tenues pour absentes. Complétez-les, ou laissez-les vides.",
        "{where}: Breite und Länge sind beide 0; sie gelten als nicht angegeben. Tragen Sie sie ein oder lassen Sie sie"
        " leer.",
    ),
    "coordinates_swapped": Rule(
        "warning",
        "{where}: the point {declared} (latitude, longitude) lies in no territory, but would with the two exchanged; the"
        " commune is taken instead. Exchange them.",
        "{where} : le point {declared} (latitude, longitude) n'est dans aucun territoire, mais le serait en échangeant les"
        " deux ; la commune est prise à la place. Échangez-les.",
        "{where}: der Punkt {declared} (Breite, Länge) liegt in keinem Gebiet, vertauscht aber schon; stattdessen gilt die"
        " Gemeinde. Vertauschen Sie die beiden.",
    ),
    "coordinates_nowhere": Rule(
        "warning",
        "{where}: the point {declared} (latitude, longitude) lies in no shape of territories.geojson; the commune is taken"
        " instead. Check both numbers.",
        "{where} : le point {declared} (latitude, longitude) n'est dans aucune forme de territories.geojson ; la commune"
        " est prise à la place. Vérifiez les deux nombres.",
        "{where}: der Punkt {declared} (Breite, Länge) liegt in keiner Form von territories.geojson; stattdessen gilt die"
        " Gemeinde. Prüfen Sie beide Zahlen.",
    ),
    "coordinates_elsewhere": Rule(
        "warning",
        "{where}: the commune is said to be «{declared}», but the coordinates ({detail}) lie in {suggested}. The"
        " coordinates decide. Correct whichever is wrong.",
        "{where} : la commune indiquée est « {declared} », mais les coordonnées ({detail}) sont dans {suggested}. Les"
        " coordonnées décident. Corrigez ce qui est faux.",
        "{where}: als Gemeinde steht «{declared}», doch die Koordinaten ({detail}) liegen in {suggested}. Die Koordinaten"
        " entscheiden. Berichtigen Sie, was falsch ist.",
    ),
    "coordinates_outside": Rule(
        "warning",
        "{where}: the coordinates ({detail}) lie in {suggested}, outside «{declared}», to which the folder or the"
        " register counts this establishment; it stands in both. Correct the coordinates, or the folder.",
        "{where} : les coordonnées ({detail}) sont dans {suggested}, hors de « {declared} », auquel le dossier ou le"
        " registre rattache cet établissement ; il figure dans les deux. Corrigez les coordonnées, ou le dossier.",
        "{where}: die Koordinaten ({detail}) liegen in {suggested}, außerhalb von «{declared}», zu dem der Ordner"
        " oder das"
        " Register diesen Betrieb zählt; er steht in beiden. Berichtigen Sie die Koordinaten oder den Ordner.",
    ),
    "unknown_postcode": Rule(
        "info",
        "{where}: the postcode «{declared}» is not in postcodes.csv; the place is taken from the other columns.",
        "{where} : le code postal « {declared} » n'est pas dans postcodes.csv ; le lieu vient des autres colonnes.",
        "{where}: die Postleitzahl «{declared}» steht nicht in postcodes.csv; der Ort folgt aus den übrigen Spalten.",
    ),
    "unknown_territory": Rule(
        "warning",
        "The folder's territory «{declared}» is not in territories.csv; it is taken as a territory by itself{perhaps_en}.",
        "Le territoire « {declared} » du dossier n'est pas dans territories.csv ; il est pris comme un territoire isolé"
        "{perhaps_fr}.",
        "Das Gebiet «{declared}» des Ordners steht nicht in territories.csv; es gilt als Gebiet für sich{perhaps_de}.",
    ),
    "located_by_folder": Rule(
        "warning",
        "No sheet and no register describes {declared}; it is located by its folder alone. Add it to the establishment"
        " sheet.",
        "Aucune feuille ni aucun registre ne décrit {declared} ; il n'est situé que par son dossier. Ajoutez-le à la"
        " feuille establishment.",
        "Kein Blatt und kein Register beschreibt {declared}; der Betrieb wird nur nach seinem Ordner verortet. Ergänzen"
        " Sie das Blatt establishment.",
    ),
    "two_territories": Rule(
        "warning",
        "{declared} answered in {detail} for one year; it counts once, by the later file, and stands in both.",
        "{declared} a répondu dans {detail} pour une même année ; il compte une fois, par le fichier le plus récent, et"
        " figure dans les deux.",
        "{declared} hat für ein Jahr in {detail} geantwortet; der Betrieb zählt einmal, nach der späteren Datei, und"
        " steht in beiden.",
    ),
    "own_word": Rule(
        "info",
        "{where}: «{declared}» is none of the questionnaire's words; it is kept as it is{perhaps_en}.",
        "{where} : « {declared} » n'est pas un mot du questionnaire ; il est gardé tel quel{perhaps_fr}.",
        "{where}: «{declared}» ist kein Wort des Fragebogens; es bleibt, wie es ist{perhaps_de}.",
    ),
    "unclear_unit": Rule(
        "warning",
        "{where}: the unit «{declared}» is not known; the row is kept without its quantity{perhaps_en}.",
        "{where} : l'unité « {declared} » n'est pas connue ; la ligne est gardée sans sa quantité{perhaps_fr}.",
        "{where}: die Einheit «{declared}» ist nicht bekannt; die Zeile bleibt ohne ihre Menge{perhaps_de}.",
    ),
    "frame_twice": Rule(
        "warning",
        "{where}: the register lists «{declared}» more than once; the first line stands. Remove the others.",
        "{where} : le registre cite « {declared} » plusieurs fois ; la première ligne est retenue. Supprimez les autres.",
        "{where}: das Register führt «{declared}» mehrmals auf; die erste Zeile gilt. Entfernen Sie die anderen.",
    ),
    "withdrawn": Rule(
        "info",
        "{declared} withdrew its data: nothing of it stands in any table, page or figure from this run on. What others"
        " declared about their own flows with it stays; its end of them is a place.",
        "{declared} a retiré ses données : rien n'en figure plus dans les tables, les pages et les chiffres à partir de"
        " cette exécution. Ce que d'autres ont déclaré de leurs propres flux avec lui reste ; son bout n'est plus qu'un"
        " lieu.",
        "{declared} hat seine Daten zurückgezogen: ab diesem Lauf steht nichts davon in Tabellen, Seiten und Zahlen. Was"
        " andere über ihre eigenen Flüsse mit ihm angaben, bleibt; sein Ende davon ist nur noch ein Ort.",
    ),
    "unknown_withdrawal": Rule(
        "warning",
        "{where}: «{declared}» is in no answer and no register, so nothing was withdrawn{perhaps_en}. Check the id; where"
        " all of it is gone already, the line may stay.",
        "{where} : « {declared} » n'est dans aucune réponse ni aucun registre : rien n'a été retiré{perhaps_fr}. Vérifiez"
        " l'identifiant ; si tout en est déjà parti, la ligne peut rester.",
        "{where}: «{declared}» steht in keiner Antwort und keinem Register: nichts wurde zurückgezogen{perhaps_de}."
        " Prüfen Sie die Kennung; ist schon alles fort, kann die Zeile bleiben.",
    ),
    "withdrawn_twice": Rule(
        "info",
        "{where}: «{declared}» is named more than once; the first line stands.",
        "{where} : « {declared} » est cité plusieurs fois ; la première ligne est retenue.",
        "{where}: «{declared}» steht mehrmals da; die erste Zeile gilt.",
    ),
    "unknown_subject": Rule(
        "warning",
        "{where}: no finding and no synergy has the id «{declared}», so this decision changes nothing. Copy the id from"
        " mart_data_quality or from the synergy; where the matter is settled, the line may stay.",
        "{where} : aucun constat ni aucune synergie n'a l'identifiant « {declared} » : cette décision ne change rien."
        " Copiez-le de mart_data_quality ou de la synergie ; si l'affaire est réglée, la ligne peut rester.",
        "{where}: kein Befund und keine Synergie hat die Kennung «{declared}»: diese Entscheidung ändert nichts. Kopieren"
        " Sie sie aus mart_data_quality oder von der Synergie; ist die Sache erledigt, kann die Zeile bleiben.",
    ),
    "unbalanced": Rule(
        "warning",
        "{declared} declares its water completely, but a row of it waits for a decision; its water balance is not closed"
        " this year.",
        "{declared} déclare son eau complète, mais une de ses lignes attend une décision ; son bilan d'eau n'est pas"
        " fermé cette année.",
        "{declared} erklärt sein Wasser für vollständig, doch eine Zeile wartet auf eine Entscheidung; die Wasserbilanz"
        " wird dieses Jahr nicht geschlossen.",
    ),
}

_WHERE = {
    "en": ("sheet {sheet}", "row {row}", "column {column}"),
    "fr": ("feuille {sheet}", "ligne {row}", "colonne {column}"),
    "de": ("Blatt {sheet}", "Zeile {row}", "Spalte {column}"),
}
_PERHAPS = {
    "en": "; perhaps «{suggested}» is meant",
    "fr": " ; peut-être « {suggested} »",
    "de": "; gemeint ist vielleicht «{suggested}»",
}

_NO_PLACE = re.compile(r"^\{where\} ?: ")


def empty() -> pd.DataFrame:
    """No findings."""
    return complete(pd.DataFrame({column: [] for column in COLUMNS}, dtype=object))


def complete(findings: pd.DataFrame) -> pd.DataFrame:
    """The columns of a finding in their order and types; what a caller left out is null."""
    return findings.reindex(columns=COLUMNS).astype(
        {column: "Int64" if column in ("year", "source_row") else object for column in COLUMNS}
    )


def worded(findings: pd.DataFrame) -> pd.DataFrame:
    """Adds `finding_id`, `severity` and a message in each language; sorted, one row a finding.

    Raises KeyError for a kind that has no rule.
    """
    table = complete(findings).astype(object).where(lambda t: t.notna(), None)
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in table.itertuples(index=False, name=None)]
    table["finding_id"] = pd.Series([finding_id(row) for row in rows], index=table.index, dtype=object)
    table["severity"] = table["kind"].map(lambda kind: RULES[kind].severity).astype(object)
    for language in LANGUAGES:
        words = [message(row, language) for row in rows]
        table[f"message_{language}"] = pd.Series(words, index=table.index, dtype=object)
    order = ["source_file", "source_sheet", "source_row", "column_name", "kind", "finding_id"]
    table = table.drop_duplicates("finding_id").sort_values(order, ignore_index=True, na_position="first")
    return table.astype({"year": "Int64", "source_row": "Int64"})


def finding_id(row: dict[str, object]) -> str:
    """A hash of sha256, sheet, row, column and kind (contract 2.10): stable between runs and machines.

    What stands in no row of a file is told apart by its establishment, year and declared value.
    """
    parts = [row["source_sha256"], row["source_sheet"], row["source_row"], row["column_name"], row["kind"]]
    if row["source_row"] is None:
        parts += [row["establishment_id"], row["declared"], row["territory_id"], row["year"]]
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return "f-" + hashlib.sha256(text.encode()).hexdigest()[:16]


def message(row: dict[str, object], language: str) -> str:
    """The finding in words, for the person who wrote the file."""
    shown = {key: "" if value is None else str(value) for key, value in row.items()}
    parts = zip(_WHERE[language], ("source_sheet", "source_row", "column_name"), strict=True)
    places = [words for words, field in parts if shown[field]]
    slots = {"sheet": shown["source_sheet"], "row": shown["source_row"], "column": shown["column_name"]}
    where = ", ".join(places).format(**slots)
    where = where[:1].upper() + where[1:]
    perhaps = _PERHAPS[language].format(**shown) if shown["suggested"] else ""
    text = getattr(RULES[str(row["kind"])], language)
    if not where and (without := _NO_PLACE.sub("", text)) != text:
        text = without[:1].upper() + without[1:]
    return str(text.format(where=where, **{f"perhaps_{language}": perhaps}, **slots, **_values(shown)))


def _values(shown: dict[str, str]) -> dict[str, str]:
    return {key: shown[key] for key in ("declared", "suggested", "detail")}
