"""The words of a pool in English, French and German: counts, never a name, nor a figure of one member."""

from __future__ import annotations

from collections.abc import Mapping

Spoken = tuple[str, str, str]
"""English, French, German."""

REASONS: dict[str, Spoken] = {
    "open": (
        "Buying this service and open to pooling it: {yes} yes, {maybe} maybe.",
        "Achètent ce service et sont ouverts à une mutualisation : oui {yes}, peut-être {maybe}.",
        "Beziehen diese Leistung und sind für eine gemeinsame Lösung offen: ja {yes}, vielleicht {maybe}.",
    ),
    "maybe": (
        "Perhaps is no promise: to be asked first: {n}.",
        "Un peut-être n'est pas une promesse : à interroger d'abord : {n}.",
        "Ein Vielleicht ist keine Zusage: zuerst zu fragen: {n}.",
    ),
    "near": (
        "At most {km} km between any two located members (limit {limit} km).",
        "Au plus {km} km entre deux membres localisés (limite {limit} km).",
        "Höchstens {km} km zwischen zwei verorteten Mitgliedern (Grenze {limit} km).",
    ),
    "unlocated": (
        "Without coordinates: {n}; the same zone counts as near.",
        "Sans coordonnées : {n} ; la même zone vaut proximité.",
        "Ohne Koordinaten: {n}; dieselbe Zone gilt als nah.",
    ),
    "end": (
        "Contracts that end in {year}: {n}.",
        "Contrats qui se terminent en {year} : {n}.",
        "Verträge, die {year} enden: {n}.",
    ),
    "undated": (
        "Without a known contract end: {n}; taken as able to join at any time.",
        "Sans fin de contrat connue : {n} ; considérés comme pouvant se joindre à tout moment.",
        "Ohne bekanntes Vertragsende: {n}; es wird angenommen, dass sie jederzeit beitreten können.",
    ),
    "expired": (
        "Contract ended before the year of the answer: {n}; taken as free to join.",
        "Contrat terminé avant l'année de la réponse : {n} ; considérés comme libres de se joindre.",
        "Vertrag vor dem Jahr der Antwort beendet: {n}; es wird angenommen, dass sie frei sind.",
    ),
    "economy": (
        "Cost grows with the quantity to the power {exponent}; at most {most} % is saved. Source: {source}.",
        "Le coût croît comme la quantité à la puissance {exponent} ; économie d'au plus {most} %. Source : {source}.",
        "Die Kosten wachsen mit der Menge hoch {exponent}; höchstens {most} % werden gespart. Quelle: {source}.",
    ),
    "capped": (
        "The saving is held at that maximum.",
        "L'économie est limitée à ce maximum.",
        "Die Ersparnis ist auf dieses Maximum begrenzt.",
    ),
    "without_cost": (
        "Without a stated cost: {n}; cost and saving are those of the others alone.",
        "Sans coût indiqué : {n} ; coût et économie sont ceux des autres seuls.",
        "Ohne Kostenangabe: {n}; Kosten und Ersparnis sind nur jene der übrigen.",
    ),
    "too_few_costs": (
        "Fewer than two members state a cost: no saving is computed.",
        "Moins de deux membres indiquent un coût : aucune économie n'est calculée.",
        "Weniger als zwei Mitglieder nennen Kosten: keine Ersparnis wird berechnet.",
    ),
    "no_economy": (
        "No economy of scale is stated for this service: no saving is computed.",
        "Aucune économie d'échelle n'est indiquée pour ce service : aucune économie n'est calculée.",
        "Für diese Leistung ist kein Skaleneffekt angegeben: keine Ersparnis wird berechnet.",
    ),
    "sd": (
        "The sd is that of the economy of scale; costs are taken as stated, and the work of coordinating is not counted.",
        "L'écart type est celui de l'économie d'échelle ; les coûts sont pris tels quels, la coordination n'est pas"
        " comptée.",
        "Die Standardabweichung ist jene des Skaleneffekts; Kosten gelten wie angegeben, die Koordination ist nicht"
        " eingerechnet.",
    ),
    "shapley": (
        "Shared by what each member adds (Shapley value); no part of the pool does better alone.",
        "Partage selon l'apport de chaque membre (valeur de Shapley) ; aucune partie du groupe ne fait mieux seule.",
        "Geteilt nach dem Beitrag jedes Mitglieds (Shapley-Wert); kein Teil der Gruppe fährt allein besser.",
    ),
    "equal_price": (
        "Shared by one price for all; no part of the pool does better alone.",
        "Partage par un prix unique ; aucune partie du groupe ne fait mieux seule.",
        "Geteilt durch einen Preis für alle; kein Teil der Gruppe fährt allein besser.",
    ),
    "proportional": (
        "Shared in proportion to the costs today; no part of the pool does better alone.",
        "Partage en proportion des coûts actuels ; aucune partie du groupe ne fait mieux seule.",
        "Geteilt im Verhältnis der heutigen Kosten; kein Teil der Gruppe fährt allein besser.",
    ),
}

NEXT_STEPS: dict[str, Spoken] = {
    "ask_costs": (
        "Ask the members what they pay a year, so that the saving can be told.",
        "Demander aux membres leur coût annuel, pour pouvoir chiffrer l'économie.",
        "Die Mitglieder nach ihren jährlichen Kosten fragen, damit sich die Ersparnis beziffern lässt.",
    ),
    "ask_maybe": (
        "Ask those who answered maybe what they would need to join.",
        "Demander à ceux qui ont répondu peut-être ce qu'il leur faudrait pour se joindre.",
        "Jene fragen, die mit vielleicht geantwortet haben, was sie zum Beitritt bräuchten.",
    ),
    "ask_ends": (
        "Ask when the contracts end, then ask for one offer together.",
        "Demander quand les contrats se terminent, puis demander une offre commune.",
        "Nach den Vertragsenden fragen, dann ein gemeinsames Angebot einholen.",
    ),
    "tender": (
        "Bring the members together and ask for one offer before the first contract ends on {end}.",
        "Réunir les membres et demander une offre commune avant la fin du premier contrat, le {end}.",
        "Die Mitglieder zusammenbringen und ein gemeinsames Angebot einholen, bevor der erste Vertrag am {end} endet.",
    ),
}


def said(words: Mapping[str, Spoken], kind: str, **slots: object) -> Spoken:
    """A sentence in each language; decimals with a comma in French and German."""
    english, french, german = words[kind]
    plain = {name: _written(value) for name, value in slots.items()}
    comma = {name: text.replace(".", ",") if isinstance(slots[name], float) else text for name, text in plain.items()}
    return english.format(**plain), french.format(**comma), german.format(**comma)


def _written(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
