"""Why a figure of a pilot is missing, or what it rests on, in English, French and German."""

from __future__ import annotations

from metabolism.synergies.pooling_words import Spoken

REASONS: dict[str, Spoken] = {
    "no_baseline": (
        "No baseline: the effect is unknown.",
        "Pas de valeur de départ : l'effet est inconnu.",
        "Kein Ausgangswert: die Wirkung ist unbekannt.",
    ),
    "not_measured": (
        "Not measured yet: the effect is unknown.",
        "Pas encore mesuré : l'effet est inconnu.",
        "Noch nicht gemessen: die Wirkung ist unbekannt.",
    ),
    "no_sd": (
        "The sd of baseline or measurement is not stated: whether the effect is real cannot be told.",
        "L'écart type de la valeur de départ ou de la mesure n'est pas indiqué : on ne peut dire si l'effet est réel.",
        "Die Standardabweichung von Ausgangswert oder Messung fehlt: ob die Wirkung echt ist, lässt sich nicht sagen.",
    ),
    "no_unit": (
        "No unit: the effect cannot be scaled to the territory.",
        "Pas d'unité : l'effet ne peut être étendu au territoire.",
        "Keine Einheit: die Wirkung lässt sich nicht auf das Gebiet hochrechnen.",
    ),
    "intensive": (
        "A figure in {unit} does not grow with the number of people: it is not scaled to the territory.",
        "Une valeur en {unit} ne croît pas avec le nombre de personnes : elle n'est pas étendue au territoire.",
        "Ein Wert in {unit} wächst nicht mit der Zahl der Menschen: er wird nicht auf das Gebiet hochgerechnet.",
    ),
    "no_meals": (
        "Meals served in the territory are not known: the effect is not scaled.",
        "Le nombre de repas servis dans le territoire est inconnu : l'effet n'est pas étendu.",
        "Die im Gebiet ausgegebenen Mahlzeiten sind nicht bekannt: die Wirkung wird nicht hochgerechnet.",
    ),
    "unknown_territory": (
        "The territory is not known: the effect is not scaled.",
        "Le territoire n'est pas connu : l'effet n'est pas étendu.",
        "Das Gebiet ist nicht bekannt: die Wirkung wird nicht hochgerechnet.",
    ),
    "not_surveyed": (
        "No establishment of the territory is known: the effect is not scaled.",
        "Aucun établissement du territoire n'est connu : l'effet n'est pas étendu.",
        "Kein Betrieb des Gebiets ist bekannt: die Wirkung wird nicht hochgerechnet.",
    ),
    "no_participants": (
        "No participants are stated: the effect cannot be scaled.",
        "Aucun participant n'est indiqué : l'effet ne peut être étendu.",
        "Keine Teilnehmenden sind angegeben: die Wirkung lässt sich nicht hochrechnen.",
    ),
    "no_establishment": (
        "None of the participants is a known establishment: the effect cannot be scaled.",
        "Aucun des participants n'est un établissement connu : l'effet ne peut être étendu.",
        "Keiner der Teilnehmenden ist ein bekannter Betrieb: die Wirkung lässt sich nicht hochrechnen.",
    ),
    "no_employees": (
        "The number of employees of a participant is not known: the effect cannot be scaled.",
        "L'effectif d'un participant n'est pas connu : l'effet ne peut être étendu.",
        "Die Beschäftigtenzahl eines Teilnehmenden ist nicht bekannt: die Wirkung lässt sich nicht hochrechnen.",
    ),
    "scaled_by_employees": (
        "Scaled from {own} to {all} employees of {year}, as if the effect per employee were the same everywhere; the sd is"
        " that of the measurement alone.",
        "Étendu de {own} à {all} salariés en {year}, comme si l'effet par salarié était partout le même ; l'écart type est"
        " celui de la seule mesure.",
        "Hochgerechnet von {own} auf {all} Beschäftigte im Jahr {year}, als wäre die Wirkung je Kopf überall gleich; die"
        " Standardabweichung ist nur jene der Messung.",
    ),
    "scaled_by_meals": (
        "Scaled to the {all} meals that establishments of the territory declared for {year}; the sd is that of the"
        " measurement alone.",
        "Étendu aux {all} repas déclarés par les établissements du territoire pour {year} ; l'écart type est celui de la"
        " seule mesure.",
        "Hochgerechnet auf die {all} Mahlzeiten, die Betriebe des Gebiets für {year} angaben; die Standardabweichung ist"
        " nur jene der Messung.",
    ),
    "employees_partly": (
        "Establishments of the territory without a known number of employees, left out: {n}.",
        "Établissements du territoire à l'effectif inconnu, laissés de côté : {n}.",
        "Betriebe des Gebiets ohne bekannte Beschäftigtenzahl, nicht mitgezählt: {n}.",
    ),
    "dates": (
        "It ends before it starts: check the dates.",
        "Il se termine avant de commencer : vérifier les dates.",
        "Es endet, bevor es beginnt: die Daten prüfen.",
    ),
    "replicates_unknown": (
        "The pilot that it repeats, {other}, is not known.",
        "Le pilote qu'il reproduit, {other}, n'est pas connu.",
        "Das Pilotprojekt, das es wiederholt, {other}, ist nicht bekannt.",
    ),
    "replicates_itself": (
        "It is stated to repeat itself: check `replicates`.",
        "Il est indiqué qu'il se reproduit lui-même : vérifier `replicates`.",
        "Laut Angabe wiederholt es sich selbst: `replicates` prüfen.",
    ),
}
