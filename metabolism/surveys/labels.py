"""The labels of sheets and columns in English, French and German: what a questionnaire shows, and what is recognised.

Decided here, since the contract leaves the words open: a label's remark in brackets may be left out by its reader, and
an id stands before a label.
"""

from __future__ import annotations

import functools
import re

from metabolism.surveys.contract import SHEETS
from metabolism.text import identifier

Labels = tuple[str, str, str]

SHEET_LABELS: dict[str, Labels] = {
    "establishment": ("Establishment", "Établissement", "Betrieb"),
    "flows": ("Flows", "Flux", "Flüsse"),
    "stocks": ("Stocks", "Stocks", "Bestände"),
    "mobility": ("Mobility", "Mobilité", "Mobilität"),
    "services": ("Services", "Services", "Dienstleistungen"),
    "issues": ("Issues", "Enjeux", "Anliegen"),
    "facts": ("Facts", "Faits", "Merkmale"),
    "haves_wants": ("Haves and wants", "Offres et demandes", "Angebote und Bedarf"),
}

COLUMN_LABELS: dict[str, Labels] = {
    # establishment
    "establishment_id": ("Establishment id", "Identifiant de l'établissement", "Betriebskennung"),
    "name": ("Name", "Nom", "Name"),
    "nace": ("NACE code", "Code NACE", "NACE-Code"),
    "nace_edition": ("NACE edition", "Édition de la NACE", "NACE-Ausgabe"),
    "employees": ("Employees", "Effectif", "Beschäftigte"),
    "floor_area": ("Floor area (m²)", "Surface (m²)", "Nutzfläche (m²)"),
    "organisation": ("Organisation", "Organisation", "Organisation"),
    "address": ("Address", "Adresse", "Adresse"),
    "postcode": ("Postcode", "Code postal", "Postleitzahl"),
    "locality": ("Locality", "Localité", "Ort"),
    "commune": ("Commune", "Commune", "Gemeinde"),
    "country": ("Country", "Pays", "Land"),
    "latitude": ("Latitude", "Latitude", "Breitengrad"),
    "longitude": ("Longitude", "Longitude", "Längengrad"),
    "share_level": ("Level of sharing", "Niveau de partage", "Freigabestufe"),
    "open_figures": ("Open figures", "Chiffres ouverts", "Offene Zahlen"),
    "complete_for": ("Complete for", "Complet pour", "Vollständig für"),
    "none_for": ("Nothing of", "Rien pour", "Nichts von"),
    # flows
    "line": ("Line", "Ligne", "Zeile"),
    "direction": ("Direction", "Sens", "Richtung"),
    "resource": ("Resource", "Ressource", "Ressource"),
    "quantity": ("Quantity", "Quantité", "Menge"),
    "unit": ("Unit", "Unité", "Einheit"),
    "period": ("Period", "Période", "Zeitraum"),
    "how_known": ("How it is known", "Mode de connaissance", "Herkunft der Angabe"),
    "uncertainty_pct": ("Uncertainty (%)", "Incertitude (%)", "Unsicherheit (%)"),
    "partner_id": ("Partner id", "Identifiant du partenaire", "Partnerkennung"),
    "partner_name": ("Partner name", "Nom du partenaire", "Name des Partners"),
    "partner_postcode": ("Partner postcode", "Code postal du partenaire", "Postleitzahl des Partners"),
    "partner_commune": ("Partner commune", "Commune du partenaire", "Gemeinde des Partners"),
    "partner_country": ("Partner country", "Pays du partenaire", "Land des Partners"),
    "treatment": ("Treatment (R or D code)", "Traitement (code R ou D)", "Behandlung (R- oder D-Code)"),
    "temperature": ("Temperature (°C)", "Température (°C)", "Temperatur (°C)"),
    "price": ("Price (EUR per unit)", "Prix (EUR par unité)", "Preis (EUR je Einheit)"),
    "criticality": ("Criticality (1 to 5)", "Criticité (1 à 5)", "Kritikalität (1 bis 5)"),
    "days_of_stock": ("Days of stock", "Jours de stock", "Vorratstage"),
    "substitutable": ("Substitutable", "Substituable", "Ersetzbar"),
    "times_per_year": ("Times per year", "Fois par an", "Mal pro Jahr"),
    "season": ("Season (months)", "Saison (mois)", "Saison (Monate)"),
    "rhythm": ("Rhythm", "Rythme", "Rhythmus"),
    "purpose": ("Purpose", "Usage", "Zweck"),
    "status": ("Status", "Statut", "Status"),
    "origin_country": ("Country of origin", "Pays d'origine", "Herkunftsland"),
    "available": ("Available", "Disponible", "Verfügbar"),
    "quality": ("Quality", "Qualité", "Qualität"),
    "contract_end": ("End of contract", "Fin de contrat", "Vertragsende"),
    "confidential": ("Confidential", "Confidentiel", "Vertraulich"),
    "comment": ("Comment", "Commentaire", "Bemerkung"),
    # stocks
    "opening": ("Opening stock", "Stock initial", "Anfangsbestand"),
    "closing": ("Closing stock", "Stock final", "Endbestand"),
    # mobility
    "residence": ("Residence", "Lieu de résidence", "Wohnort"),
    "residence_postcode": ("Residence postcode", "Code postal de résidence", "Postleitzahl des Wohnorts"),
    "residence_country": ("Residence country", "Pays de résidence", "Wohnsitzland"),
    "mode": ("Mode of transport", "Mode de transport", "Verkehrsmittel"),
    "commuters": ("Commuters", "Navetteurs", "Pendler"),
    "surveyed": ("Persons surveyed", "Personnes interrogées", "Befragte Personen"),
    "days_per_week": ("Days per week", "Jours par semaine", "Tage pro Woche"),
    "distance_km": ("Distance (km)", "Distance (km)", "Entfernung (km)"),
    "shift_start": ("Shift start", "Début de poste", "Schichtbeginn"),
    "shift_end": ("Shift end", "Fin de poste", "Schichtende"),
    # services
    "service": ("Service", "Service", "Dienstleistung"),
    "provider": ("Provider", "Prestataire", "Anbieter"),
    "visits_per_year": ("Visits per year", "Passages par an", "Besuche pro Jahr"),
    "cost_eur_per_year": ("Cost (EUR per year)", "Coût (EUR par an)", "Kosten (EUR pro Jahr)"),
    "open_to_pooling": ("Open to pooling", "Ouvert à la mutualisation", "Offen für gemeinsame Beschaffung"),
    # issues
    "theme": ("Theme", "Thème", "Thema"),
    "priority": ("Priority (1 to 5)", "Priorité (1 à 5)", "Priorität (1 bis 5)"),
    "wants_to": ("Wants to", "Souhaite", "Möchte"),
    "barrier": ("Barrier", "Frein", "Hindernis"),
    # facts
    "fact": ("Fact", "Fait", "Merkmal"),
    "value": ("Value", "Valeur", "Wert"),
    "spare": ("Spare", "Part partageable", "Teilbarer Anteil"),
    # haves_wants
    "kind": ("Have or want", "Offre ou demande", "Angebot oder Bedarf"),
    "what": ("What", "Quoi", "Was"),
    "from": ("From", "À partir du", "Ab"),
    "until": ("Until", "Jusqu'au", "Bis"),
    "condition": ("Condition", "Condition", "Bedingung"),
}

_REMARK = re.compile(r"\s*\(.*\)$")


def sheet_id(text: str) -> str | None:
    """The sheet that a name means, by its id or its label; None where it is none of the questionnaire's."""
    return _sheets().get(_key(text))


def column_id(sheet: str, text: str) -> str | None:
    """The column of a sheet that a header means, by its id or its label; None where it is none of the contract's."""
    return _columns(sheet).get(_key(text))


def _key(text: str) -> str:
    return identifier(text.replace("’", "'"))


@functools.cache
def _sheets() -> dict[str, str]:
    return _by_key({sheet: SHEET_LABELS[sheet] for sheet in SHEETS})


@functools.cache
def _columns(sheet: str) -> dict[str, str]:
    return _by_key({column: COLUMN_LABELS[column] for column in SHEETS[sheet]})


def _by_key(labels: dict[str, Labels]) -> dict[str, str]:
    named = {
        _key(word): name
        for name, words in labels.items()
        for label in words
        for word in (label, _REMARK.sub("", label))
    }
    return named | {_key(name): name for name in labels}
