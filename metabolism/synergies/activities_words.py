"""The words of an activity in English, French and German: counts, never a name."""

from __future__ import annotations

from metabolism.synergies.pooling_words import Spoken

REASONS: dict[str, Spoken] = {
    "members": (
        "Give this theme priority {floor} or more and want to act: {n} (mean priority {mean}); want to lead: {leaders}.",
        "Donnent à ce thème une priorité d'au moins {floor} et veulent agir : {n} (priorité moyenne {mean}) ; veulent"
        " mener : {leaders}.",
        "Geben diesem Thema Priorität {floor} oder mehr und wollen handeln: {n} (mittlere Priorität {mean}); wollen"
        " leiten: {leaders}.",
    ),
    "informed": (
        "To be kept informed: {n}.",
        "À tenir informés : {n}.",
        "Auf dem Laufenden zu halten: {n}.",
    ),
    "no_leader": (
        "Nobody wants to lead yet.",
        "Personne ne veut encore mener.",
        "Noch will niemand leiten.",
    ),
    "no_partner": (
        "No actor of this territory is known for this theme.",
        "Aucun acteur de ce territoire n'est connu pour ce thème.",
        "Für dieses Thema ist kein Akteur dieses Gebiets bekannt.",
    ),
    "employees_partly": (
        "Number of employees unknown: {n} of the members; the sum is that of the others.",
        "Effectif inconnu : {n} des membres ; la somme est celle des autres.",
        "Beschäftigtenzahl unbekannt: {n} der Mitglieder; die Summe ist jene der übrigen.",
    ),
    "employees_unknown": (
        "No member's number of employees is known: the score does without their share.",
        "L'effectif d'aucun membre n'est connu : le score se passe de leur part.",
        "Von keinem Mitglied ist die Beschäftigtenzahl bekannt: die Wertung kommt ohne ihren Anteil aus.",
    ),
}

NEXT_STEPS: dict[str, Spoken] = {
    "working_group": (
        "Ask the leader to invite the members to a first meeting.",
        "Demander au porteur d'inviter les membres à une première réunion.",
        "Die leitende Person bitten, die Mitglieder zu einem ersten Treffen einzuladen.",
    ),
    "workshop": (
        "Invite the members to a half day, with somebody who knows the first barrier well.",
        "Inviter les membres à une demi-journée, avec une personne qui connaît bien le premier obstacle.",
        "Die Mitglieder zu einem halben Tag einladen, mit jemandem, der das erste Hindernis gut kennt.",
    ),
    "campaign": (
        "Agree with the members on one message and one week, and tell those who want to be informed.",
        "Convenir avec les membres d'un message et d'une semaine, et prévenir ceux qui veulent être informés.",
        "Mit den Mitgliedern eine Botschaft und eine Woche vereinbaren und jene benachrichtigen, die informiert sein"
        " wollen.",
    ),
    "conference": (
        "Set a date on which the members tell the others what they know.",
        "Fixer une date à laquelle les membres présentent aux autres ce qu'ils savent.",
        "Einen Termin festlegen, an dem die Mitglieder den anderen berichten, was sie wissen.",
    ),
    "platform": (
        "Bring all members together once, and let smaller groups form under a common calendar.",
        "Réunir une fois tous les membres, et laisser se former des groupes plus petits sous un calendrier commun.",
        "Alle Mitglieder einmal zusammenbringen und kleinere Gruppen unter einem gemeinsamen Kalender entstehen lassen.",
    ),
    "find_leader": (
        "Ask the members, the one with the highest priority first, who would lead; then: ",
        "Demander aux membres, en commençant par la plus haute priorité, qui mènerait ; ensuite : ",
        "Die Mitglieder fragen, wer leiten würde, zuerst jenes mit der höchsten Priorität; dann: ",
    ),
}
