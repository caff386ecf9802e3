"""The words of exchanges: every reason, obstacle, outlet and next step, in three languages from one table.

A note is a key of `MESSAGES` with its values; numbers and `Words` among the values are written in the language.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping

from metabolism.synergies.knowledge import Words

Value = str | float | int | Words
Note = tuple[str, Mapping[str, Value]]

MESSAGES: dict[str, Words] = {
    # basis
    "knowledge": Words("{label} (source: {source}).", "{label} (source : {source}).", "{label} (Quelle: {source})."),
    "have": Words(
        "The supplier offers it (haves and wants).",
        "Le fournisseur le propose (offres et demandes).",
        "Der Lieferant bietet es an (Angebote und Gesuche).",
    ),
    "want": Words(
        "The receiver asks for it (haves and wants).",
        "Le récepteur le demande (offres et demandes).",
        "Der Abnehmer sucht es (Angebote und Gesuche).",
    ),
    "supply_flow": Words(
        "{value} {unit} a year on offer, sd {sd} (reconciled flow declared by the supplier).",
        "{value} {unit} par an disponibles, écart-type {sd} (flux réconcilié déclaré par le fournisseur).",
        "{value} {unit} im Jahr verfügbar, Standardabweichung {sd} (abgeglichener Fluss nach Angabe des Lieferanten).",
    ),
    "supply_said": Words(
        "{value} {unit} a year on offer, sd {sd} (quantity that the supplier offers).",
        "{value} {unit} par an disponibles, écart-type {sd} (quantité offerte par le fournisseur).",
        "{value} {unit} im Jahr verfügbar, Standardabweichung {sd} (vom Lieferanten angebotene Menge).",
    ),
    "partly": Words(
        "The supplier calls it available in part; half of it is counted (convention).",
        "Le fournisseur le dit disponible en partie ; la moitié est comptée (convention).",
        "Der Lieferant nennt es teilweise verfügbar; gezählt wird die Hälfte (Konvention).",
    ),
    "need_flow": Words(
        "{value} {unit} a year needed, of which at most {share} % can be replaced (reconciled flow declared by the"
        " receiver).",
        "{value} {unit} par an consommés, dont au plus {share} % remplaçables (flux réconcilié déclaré par le récepteur).",
        "{value} {unit} im Jahr gebraucht, davon höchstens {share} % ersetzbar (abgeglichener Fluss nach Angabe des"
        " Abnehmers).",
    ),
    "need_said": Words(
        "{value} {unit} a year wanted (quantity that the receiver asks for).",
        "{value} {unit} par an demandés (quantité demandée par le récepteur).",
        "{value} {unit} im Jahr gesucht (vom Abnehmer gesuchte Menge).",
    ),
    "disposal_declared": Words(
        "The supplier pays {value} EUR/{unit} today (its own declaration; negative: it is paid).",
        "Le fournisseur paie {value} EUR/{unit} aujourd'hui (sa déclaration ; négatif : il est payé).",
        "Der Lieferant zahlt heute {value} EUR/{unit} (eigene Angabe; negativ: er erhält).",
    ),
    "disposal_other": Words(
        "Outlet of today: {value} EUR/{unit} (not declared; {source}; negative: it is paid).",
        "Débouché actuel : {value} EUR/{unit} (non déclaré ; {source} ; négatif : il est payé).",
        "Heutiger Absatzweg: {value} EUR/{unit} (nicht angegeben; {source}; negativ: Erlös).",
    ),
    "purchase_declared": Words(
        "The receiver pays {value} EUR/{unit} today (its own declaration; negative: it is paid).",
        "Le récepteur paie {value} EUR/{unit} aujourd'hui (sa déclaration ; négatif : il est payé).",
        "Der Abnehmer zahlt heute {value} EUR/{unit} (eigene Angabe; negativ: er erhält).",
    ),
    "purchase_other": Words(
        "What it replaces costs {value} EUR/{unit} (not declared; {source}).",
        "Ce qu'il remplace coûte {value} EUR/{unit} (non déclaré ; {source}).",
        "Was es ersetzt, kostet {value} EUR/{unit} (nicht angegeben; {source}).",
    ),
    "processing": Words(
        "Preparing it costs {value} EUR/{unit} (exchange_knowledge.csv).",
        "Le préparer coûte {value} EUR/{unit} (exchange_knowledge.csv).",
        "Die Aufbereitung kostet {value} EUR/{unit} (exchange_knowledge.csv).",
    ),
    "road": Words(
        "{km} km by road: as the crow flies × {detour} (exchange_costs.csv).",
        "{km} km par la route : à vol d'oiseau × {detour} (exchange_costs.csv).",
        "{km} km Straße: Luftlinie × {detour} (exchange_costs.csv).",
    ),
    "recycled_today": Words(
        "It is recycled already: no primary production is avoided anew.",
        "Il est déjà recyclé : aucune production primaire n'est évitée en plus.",
        "Es wird schon verwertet: keine weitere Primärherstellung wird vermieden.",
    ),
    "no_factor": Words(
        "No CO2e factor is known for what it replaces (default_prices.csv).",
        "Aucun facteur CO2e n'est connu pour ce qu'il remplace (default_prices.csv).",
        "Für das Ersetzte ist kein CO2e-Faktor bekannt (default_prices.csv).",
    ),
    # obstacles
    "gate": Words("Quality: {gate}.", "Qualité : {gate}.", "Qualität: {gate}."),
    "quality_said": Words(
        "The supplier described its quality: check it.",
        "Le fournisseur a décrit sa qualité : à vérifier.",
        "Der Lieferant hat die Qualität beschrieben: prüfen.",
    ),
    "condition": Words(
        "A party set a condition: see it before the talk.",
        "Une partie a posé une condition : la voir avant l'entretien.",
        "Eine Seite stellt eine Bedingung: vor dem Gespräch ansehen.",
    ),
    "waste_law": Words(
        "It is waste by law: permit of the receiver and transport papers, or end-of-waste.",
        "C'est un déchet au sens de la loi : autorisation du récepteur et documents de transport, ou sortie du statut.",
        "Rechtlich Abfall: Genehmigung des Abnehmers und Begleitpapiere, oder Ende der Abfalleigenschaft.",
    ),
    "exact_code": Words(
        "The exact waste code must be known: the one given is too wide, is not in the List of Waste or holds hazardous"
        " entries.",
        "Le code déchet exact doit être connu : celui donné est trop large, absent de la liste ou contient des entrées"
        " dangereuses.",
        "Der genaue Abfallschlüssel muss bekannt sein: der angegebene ist zu weit, steht nicht in der Liste oder enthält"
        " gefährliche Arten.",
    ),
    "temperature_unknown": Words(
        "The temperature of the supply or of the need is not known.",
        "La température de l'offre ou du besoin n'est pas connue.",
        "Die Temperatur von Angebot oder Bedarf ist nicht bekannt.",
    ),
    "quantity_unknown": Words(
        "Neither side said a quantity.", "Aucune des parties n'a dit de quantité.", "Keine Seite nennt eine Menge."
    ),
    "offered_unsaid": Words(
        "The quantity offered is not said.", "La quantité offerte n'est pas dite.", "Die angebotene Menge fehlt."
    ),
    "wanted_unsaid": Words(
        "The quantity wanted is not said.", "La quantité demandée n'est pas dite.", "Die gesuchte Menge fehlt."
    ),
    "family_price": Words(
        "A price is that of the whole family, not of this resource: the saving may be quite another.",
        "Un prix est celui de toute la famille, pas de cette ressource : l'économie peut être tout autre.",
        "Ein Preis ist der der ganzen Familie, nicht dieser Ressource: die Ersparnis kann ganz anders sein.",
    ),
    "no_price": Words(
        "No price is known on either side, so no saving is told.",
        "Aucun prix n'est connu d'aucun côté : l'économie n'est pas chiffrée.",
        "Auf keiner Seite ist ein Preis bekannt; eine Ersparnis wird nicht beziffert.",
    ),
    "one_price": Words(
        "A price is known on one side alone; the other counts as nought.",
        "Un prix n'est connu que d'un côté ; l'autre compte pour zéro.",
        "Nur auf einer Seite ist ein Preis bekannt; die andere zählt null.",
    ),
    "fixed": Words(
        "The receiver says that it cannot replace this input.",
        "Le récepteur dit ne pas pouvoir remplacer cet intrant.",
        "Der Abnehmer hält diesen Einsatzstoff für nicht ersetzbar.",
    ),
    "dates": Words(
        "The dates of offer and demand do not meet.",
        "Les dates de l'offre et de la demande ne se recoupent pas.",
        "Die Zeiträume von Angebot und Gesuch treffen sich nicht.",
    ),
    "rhythm": Words(
        "The two sides run by different hours.",
        "Les deux côtés n'ont pas les mêmes heures de marche.",
        "Beide Seiten haben verschiedene Betriebszeiten.",
    ),
    "season_lost": Words(
        "Only {n} months a year are common; the quantity counts those alone.",
        "Seuls {n} mois par an sont communs ; la quantité ne compte que ceux-là.",
        "Nur {n} Monate im Jahr sind gemeinsam; nur diese zählen.",
    ),
    "season_stored": Words(
        "The seasons differ ({n} common months): storage is needed.",
        "Les saisons diffèrent ({n} mois communs) : un stockage est nécessaire.",
        "Die Zeiten im Jahr sind verschieden ({n} gemeinsame Monate): ein Lager ist nötig.",
    ),
    "outlet_unknown": Words(
        "Today's outlet is not said.", "Le débouché actuel n'est pas dit.", "Der heutige Absatzweg fehlt."
    ),
    "bound": Words(
        "Today's contract runs until {date}.",
        "Le contrat actuel court jusqu'au {date}.",
        "Der Vertrag läuft bis {date}.",
    ),
    "distance_default": Words(
        "A site has no coordinates: {km} km are assumed (exchange_costs.csv).",
        "Un site est sans coordonnées : {km} km sont supposés (exchange_costs.csv).",
        "Ein Standort hat keine Koordinaten: angenommen sind {km} km (exchange_costs.csv).",
    ),
    # today
    "today_priced": Words(
        "{outlet}, {value} EUR/{unit}.", "{outlet}, {value} EUR/{unit}.", "{outlet}, {value} EUR/{unit}."
    ),
    "today_unpriced": Words("{outlet}, price not said.", "{outlet}, prix non dit.", "{outlet}, Preis nicht angegeben."),
    # hierarchy
    "hierarchy": Words("{before} → {after}", "{before} → {after}", "{before} → {after}"),
    # window
    "window_from": Words(
        "from {date} (end of a contract)", "dès le {date} (fin de contrat)", "ab {date} (Vertragsende)"
    ),
    "window_offer": Words("offered {start} to {end}", "offre du {start} au {end}", "Angebot {start} bis {end}"),
    "window_want": Words("wanted {start} to {end}", "demande du {start} au {end}", "Gesuch {start} bis {end}"),
    "window_months": Words("months {months}", "mois {months}", "Monate {months}"),
    "window_any": Words("at any time", "à tout moment", "jederzeit"),
    # next step
    "ask_quantity": Words(
        "Ask both sides for quantities a year.",
        "Demander aux deux parties les quantités par an.",
        "Beide Seiten nach Jahresmengen fragen.",
    ),
    "ask_temperature": Words(
        "Ask both sides for temperatures and hours.",
        "Demander aux deux parties températures et heures.",
        "Beide Seiten nach Temperaturen und Zeiten fragen.",
    ),
    "ask_code": Words(
        "Ask the supplier for the six-digit waste code.",
        "Demander au fournisseur le code déchet à six chiffres.",
        "Den Lieferanten nach dem sechsstelligen Abfallschlüssel fragen.",
    ),
    "ask_price": Words(
        "Ask both sides what they pay today.",
        "Demander aux deux parties ce qu'elles paient aujourd'hui.",
        "Beide Seiten fragen, was sie heute zahlen.",
    ),
    "ask_fixed": Words(
        "Ask the receiver what would make the input replaceable.",
        "Demander au récepteur ce qui rendrait l'intrant remplaçable.",
        "Den Abnehmer fragen, was den Einsatzstoff ersetzbar macht.",
    ),
    "ask_dates": Words(
        "Ask both sides for other dates or for storage.",
        "Demander aux deux parties d'autres dates ou un stockage.",
        "Beide Seiten nach anderen Zeiten oder einem Lager fragen.",
    ),
    "meet_wanted": Words(
        "Bring the two together now: one of them asked for it.",
        "Les mettre en contact maintenant : l'un des deux l'a demandé.",
        "Beide jetzt zusammenbringen: eine Seite hat darum gebeten.",
    ),
    "try_sample": Words(
        "Invite both, and try a sample for quality.",
        "Inviter les deux et essayer un échantillon.",
        "Beide einladen und eine Probe prüfen.",
    ),
    "keep": Words(
        "Keep in mind; look again when prices or contracts change.",
        "Garder en mémoire ; revoir si prix ou contrats changent.",
        "Vormerken; neu ansehen, wenn Preise oder Verträge sich ändern.",
    ),
}

OUTLETS: dict[str, Words] = {
    "landfill": Words("Landfill", "Mise en décharge", "Deponie"),
    "incineration": Words("Incineration", "Incinération", "Verbrennung"),
    "energy": Words("Energy recovery", "Valorisation énergétique", "Energetische Verwertung"),
    "recycling": Words("Recycling elsewhere", "Recyclage ailleurs", "Verwertung anderswo"),
    "sorting": Words("Sorting or storage", "Tri ou stockage", "Sortierung oder Lagerung"),
    "disposal": Words("Other disposal", "Autre élimination", "Sonstige Beseitigung"),
    "discharge": Words("Given off or discharged", "Rejeté", "Abgegeben oder abgeleitet"),
    "sale": Words("Given or sold as it is", "Cédé ou vendu tel quel", "Unverändert abgegeben oder verkauft"),
    "unknown": Words("Outlet not said", "Débouché non dit", "Absatzweg nicht angegeben"),
}
STEP_NAMES: dict[str, Words] = {
    "reuse": Words("reuse", "réemploi", "Wiederverwendung"),
    "recycling": Words("recycling", "recyclage", "Recycling"),
    "other_recovery": Words("other recovery", "autre valorisation", "sonstige Verwertung"),
    "disposal": Words("disposal", "élimination", "Beseitigung"),
    "no_waste": Words("no waste", "hors déchet", "kein Abfall"),
    "unknown": Words("not said", "non dit", "nicht angegeben"),
}


@functools.lru_cache(maxsize=1 << 16)
def figure(value: float, language: str) -> str:
    """Three significant digits, never in powers of ten; a decimal comma in French and German."""
    if not math.isfinite(value):
        return "?"
    digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    text = f"{round(value, min(digits, 12)):.{min(digits, 12)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if language == "en" else text.replace(".", ",")


def worded(note: Note, language: str) -> str:
    """One note as a text for people. Raises KeyError for a key or a value that is not there."""
    key, values = note
    if not values:
        return str(getattr(MESSAGES[key], language))
    shown = {name: _shown(value, language) for name, value in values.items()}
    return str(getattr(MESSAGES[key], language).format(**shown))


def _shown(value: Value, language: str) -> str:
    if isinstance(value, Words):
        return str(getattr(value, language))
    return value if isinstance(value, str) else figure(float(value), language)
