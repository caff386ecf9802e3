"""Who there is: four real zones, and fictional establishments in them. No name or figure belongs to anyone."""

from __future__ import annotations

from dataclasses import dataclass

from metabolism.synthetic.draws import significant, stream

YEARS = (2024, 2025)
COUNTRY = "lu"
COMMUNES = {
    "luxembourg-ville": "Luxembourg-Ville",
    "kaerjeng": "Käerjeng",
    "dudelange": "Dudelange",
    "bettembourg": "Bettembourg",
}


@dataclass(frozen=True)
class Zone:
    """An activity zone; `centre` is a latitude and longitude, `box` the half-widths in degrees of where companies are."""

    zone_id: str
    name: str
    communes: tuple[str, ...]
    centre: tuple[float, float]
    box: tuple[float, float]
    locality: str
    postcodes: tuple[str, ...]
    """One for each commune."""
    within: tuple[str, ...]
    overlaps: tuple[str, ...] = ()


ZONES = {
    zone.zone_id: zone
    for zone in (
        Zone("bascharage", "Bascharage", ("kaerjeng",), (49.570, 5.920), (0.006, 0.010), "Bascharage",
             ("L-4940",), ("kaerjeng",)),
        Zone("kirchberg", "Kirchberg", ("luxembourg-ville",), (49.630, 6.160), (0.005, 0.010), "Kirchberg",
             ("L-1855",), ("luxembourg-ville",)),
        Zone("dudelange-bettembourg", "Dudelange/Bettembourg", ("dudelange", "bettembourg"), (49.500, 6.100),
             (0.007, 0.010), "Wolser", ("L-3515", "L-3225"), ("lu",), ("dudelange", "bettembourg")),
        Zone("cloche-dor", "Cloche d'Or", ("luxembourg-ville",), (49.580, 6.120), (0.004, 0.006), "Gasperich",
             ("L-1882",), ("luxembourg-ville",)),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Establishment:
    """One fictional company at one address. `employees` are those of the frame; coordinates None where not given."""

    establishment_id: str
    zone_id: str
    commune: str
    name: str
    nace: str
    employees: int
    floor_area: int
    organisation: str
    address: str
    postcode: str
    locality: str
    latitude: float | None
    longitude: float | None
    share_level: str
    open_figures: str
    has_role: bool
    """Whether something is planted in it: then it answers in both years."""


# id, kind of company, NACE, employees. In order: where the zone has two communes they alternate.
_WITH_A_ROLE: dict[str, tuple[tuple[str, str, str, int], ...]] = {
    "bascharage": (
        ("ba-panneaux", "Panneaux de Bois", "16.21", 95),
        ("ba-menuiserie", "Menuiserie", "16.23", 60),
        ("ba-ebenisterie", "Ébénisterie", "16.23", 28),
        ("ba-palettes", "Palettes", "16.24", 30),
        ("ba-charpente", "Charpentes Métalliques", "25.11", 110),
        ("ba-papeterie", "Papeterie", "17.12", 120),
        ("ba-conserves", "Conserverie", "10.39", 150),
        ("ba-limonade", "Limonaderie", "11.07", 70),
        ("ba-verrerie", "Verrerie", "23.13", 180),
        ("ba-serres", "Serres", "01.13", 35),
        ("ba-biogaz", "Biogaz", "35.21", 9),
        ("ba-extrusion", "Extrusion", "22.22", 130),
        ("ba-tri", "Centre de Tri", "38.32", 42),
        ("ba-peintures", "Peintures", "20.30", 75),
        ("ba-vernis", "Vernis", "20.30", 40),
        ("ba-cartonnages", "Cartonnages", "17.21", 90),
    ),
    "dudelange-bettembourg": (
        ("db-terminal", "Terminal de Fret", "52.24", 160),
        ("db-demolition", "Démolition", "43.11", 55),
        ("db-beton", "Béton", "23.63", 36),
        ("db-tournage", "Tournage", "25.62", 85),
        ("db-acierie", "Aciérie", "24.10", 320),
        ("db-blanchisserie", "Blanchisserie", "96.01", 62),
        ("db-automobile", "Équipements Automobiles", "29.32", 210),
        ("db-entrepot", "Entrepôts", "52.10", 90),
        ("db-terrassement", "Terrassements", "43.12", 48),
        ("db-routes", "Travaux Routiers", "42.11", 85),
        ("db-grossiste", "Grossiste Alimentaire", "46.39", 120),
        ("db-films", "Films Plastiques", "22.21", 140),
        ("db-chimie", "Chimie Fine", "20.59", 65),
        ("db-decolletage", "Décolletage", "25.62", 42),
        ("db-jardins", "Jardins et Paysages", "81.30", 38),
        ("db-compost", "Compostage", "38.21", 12),
        ("db-garage", "Garage Poids Lourds", "45.20", 24),
    ),
    "kirchberg": (
        ("kb-restaurant-est", "Restaurant d'Entreprise Est", "56.29", 24),
        ("kb-restaurant-ouest", "Restaurant d'Entreprise Ouest", "56.29", 31),
        ("kb-restaurant-nord", "Restaurant d'Entreprise Nord", "56.29", 18),
        ("kb-restaurant-sud", "Restaurant d'Entreprise Sud", "56.29", 22),
        ("kb-hypermarche", "Hypermarché", "47.11", 280),
        ("kb-digesteur", "Méthanisation de Quartier", "35.21", 7),
        ("kb-donnees", "Centre de Données", "63.11", 90),
        ("kb-reseau-chaleur", "Réseau de Chaleur", "35.30", 26),
        ("kb-serveurs", "Hébergement de Serveurs", "63.11", 40),
        ("kb-hotel", "Hôtel", "55.10", 120),
        ("kb-proprete", "Propreté Urbaine", "81.29", 75),
        ("kb-calcul", "Centre de Calcul", "63.11", 55),
        ("kb-palace", "Palace", "55.10", 150),
    ),
    "cloche-dor": (
        ("cd-audit", "Audit", "69.20", 2900),
        ("cd-banque", "Banque", "64.19", 2100),
        ("cd-assurance", "Assurances", "65.12", 1500),
        ("cd-telecom", "Télécoms", "61.10", 1300),
        ("cd-fonds", "Administration de Fonds", "66.30", 1300),
        ("cd-siege", "Siège Européen", "70.10", 1000),
        ("cd-ingenierie", "Ingénierie", "71.12", 900),
        ("cd-galerie", "Galerie Marchande", "47.11", 165),
        ("cd-logistique", "Logistique Urbaine", "52.29", 36),
    ),
}  # fmt: skip
_OTHERS: dict[str, tuple[tuple[str, str, str, int], ...]] = {
    "bascharage": (
        ("ba-usinage", "Usinage", "25.62", 35),
        ("ba-mecanique", "Mécanique", "25.62", 48),
        ("ba-toles", "Tôlerie", "25.11", 52),
        ("ba-machines", "Machines Spéciales", "28.29", 95),
        ("ba-pompes", "Pompes", "28.13", 66),
        ("ba-maintenance", "Maintenance Industrielle", "33.12", 30),
        ("ba-montage", "Montage", "33.20", 44),
        ("ba-electricite", "Installations Électriques", "43.21", 57),
        ("ba-sanitaire", "Installations Sanitaires", "43.22", 38),
        ("ba-constructions", "Constructions", "41.20", 80),
        ("ba-toiture", "Toitures", "43.91", 26),
        ("ba-garage", "Garage", "45.20", 22),
        ("ba-carrosserie", "Carrosserie", "45.20", 15),
        ("ba-outillage", "Outillage", "46.69", 28),
        ("ba-fournitures", "Fournitures Industrielles", "46.69", 19),
        ("ba-transports", "Transports", "49.41", 60),
        ("ba-camionnage", "Camionnage", "49.41", 33),
        ("ba-boulangerie", "Boulangerie Industrielle", "10.71", 70),
        ("ba-imprimerie", "Imprimerie", "18.12", 29),
        ("ba-logiciel", "Logiciels", "62.01", 24),
        ("ba-nettoyage", "Nettoyage", "81.21", 85),
        ("ba-bricolage", "Magasin de Bricolage", "47.52", 46),
    ),
    "dudelange-bettembourg": (
        ("db-messagerie", "Messagerie", "52.29", 55),
        ("db-frigo", "Entrepôt Frigorifique", "52.10", 48),
        ("db-route", "Transports Routiers", "49.41", 70),
        ("db-convois", "Convois", "49.41", 42),
        ("db-pieces", "Pièces Détachées", "46.69", 34),
        ("db-metaux", "Négoce de Métaux", "46.72", 26),
        ("db-bois", "Négoce de Bois", "46.73", 31),
        ("db-boissons", "Boissons en Gros", "46.34", 37),
        ("db-outils", "Location d'Outils", "77.32", 21),
        ("db-soudure", "Soudure", "25.11", 45),
        ("db-fraisage", "Fraisage", "25.62", 30),
        ("db-vannes", "Vannes", "28.14", 88),
        ("db-emballage", "Emballages Plastiques", "22.22", 64),
        ("db-enrobes", "Location d'Engins", "77.32", 18),
        ("db-batiment", "Bâtiment", "41.20", 65),
        ("db-peinture", "Peinture en Bâtiment", "43.34", 24),
        ("db-controle", "Contrôle Technique", "71.20", 20),
        ("db-viandes", "Viandes", "10.13", 58),
        ("db-informatique", "Informatique", "62.01", 17),
    ),
    "kirchberg": (
        ("kb-banque-un", "Banque Privée", "64.19", 420),
        ("kb-banque-deux", "Banque de Dépôt", "64.19", 650),
        ("kb-banque-trois", "Banque d'Affaires", "64.19", 310),
        ("kb-gestion", "Gestion d'Actifs", "66.30", 180),
        ("kb-fonds", "Fonds", "66.30", 240),
        ("kb-avocats", "Avocats", "69.10", 320),
        ("kb-fiduciaire", "Fiduciaire", "69.20", 150),
        ("kb-conseil", "Conseil", "70.22", 260),
        ("kb-agence", "Agence Publique", "84.11", 350),
        ("kb-office", "Office Public", "84.11", 210),
        ("kb-ecole", "École de Langues", "85.59", 60),
        ("kb-mode", "Mode", "47.71", 35),
        ("kb-chaussures", "Chaussures", "47.72", 18),
        ("kb-logiciels", "Logiciels", "62.01", 130),
        ("kb-reseaux", "Réseaux", "62.02", 95),
        ("kb-cinema", "Cinéma", "59.14", 45),
        ("kb-salle", "Salle de Concert", "90.04", 52),
    ),
    "cloche-dor": (
        ("cd-hotel", "Hôtel", "55.10", 62),
        ("cd-creche", "Crèche", "88.91", 41),
        ("cd-sport", "Salle de Sport", "93.13", 19),
        ("cd-brasserie", "Restaurant", "56.10", 32),
        ("cd-pharmacie", "Pharmacie", "47.73", 12),
        ("cd-station", "Station-Service", "47.30", 9),
        ("cd-optique", "Optique", "47.78", 8),
    ),
}  # fmt: skip
MOBILITY_GROUP = tuple(row[0] for row in _WITH_A_ROLE["cloche-dor"][:7])
RESTAURANTS = tuple(row[0] for row in _WITH_A_ROLE["kirchberg"][:4])
_FANTASY = (
    "Chimère", "Mirage", "Utopie", "Fantôme", "Nulle-Part", "Irréelle", "Imaginaire", "Fictive", "Inventée",
    "Illusoire", "Nirgendwo", "Muster", "Beispiel", "Phantasie", "Lëtzefake", "Nowhere", "Example", "Makebelieve",
)  # fmt: skip
_ORGANISATIONS = {
    "kb-restaurant-est": "Restauration Irréelle (synthetic)",
    "kb-restaurant-ouest": "Restauration Irréelle (synthetic)",
    "db-entrepot": "Groupe Illusoire (synthetic)",
    "db-garage": "Groupe Illusoire (synthetic)",
    "ba-palettes": "Groupe Chimérique (synthetic)",
    "ba-panneaux": "Groupe Chimérique (synthetic)",
}
_WITHOUT_COORDINATES = 0.05


def make_roster(seed: int) -> dict[str, Establishment]:
    """All establishments of the four zones by id. Names, sizes within a few per cent, and places depend on the seed."""
    found = {}
    for zone_id, zone in ZONES.items():
        rows = [(row, True) for row in _WITH_A_ROLE[zone_id]] + [(row, False) for row in _OTHERS[zone_id]]
        for number, (row, has_role) in enumerate(rows, start=1):
            found[row[0]] = _establishment(seed, zone, number, row, has_role)
    return found


def _establishment(seed: int, zone: Zone, number: int, row: tuple[str, str, str, int], has_role: bool) -> Establishment:
    establishment_id, kind, nace, usual = row
    rng = stream(seed, "roster", establishment_id)
    spread = 0.03 if establishment_id in MOBILITY_GROUP else 0.10
    employees = max(round(usual * (1 + spread * float(rng.uniform(-1, 1)))), 4)
    fantasy = _FANTASY[int(rng.integers(len(_FANTASY)))]
    side = (number - 1) % len(zone.communes)
    at = [centre + half * float(rng.uniform(-1, 1)) for centre, half in zip(zone.centre, zone.box, strict=True)]
    has_place = has_role or float(rng.random()) >= _WITHOUT_COORDINATES
    return Establishment(
        establishment_id=establishment_id,
        zone_id=zone.zone_id,
        commune=zone.communes[side],
        name=f"{kind} {fantasy} (synthetic)",
        nace=nace,
        employees=employees,
        floor_area=int(significant(_floor_area(nace, employees) * float(rng.uniform(0.8, 1.25)), 3)),
        organisation=_ORGANISATIONS.get(establishment_id, ""),
        address=f"{number}, rue Fictive",
        postcode=zone.postcodes[side],
        locality=f"{zone.locality} (synthetic)",
        latitude=round(at[0], 5) if has_place else None,
        longitude=round(at[1], 5) if has_place else None,
        share_level=str(rng.choice(["zone", "named", "aggregate"], p=[0.5, 0.3, 0.2])),
        open_figures=str(rng.choice(["no", "yes"], p=[0.7, 0.3])),
        has_role=has_role,
    )


def _floor_area(nace: str, employees: int) -> float:
    """m², by kind of trade: offices 22 m² a person, shops and inns 60, works and halls 140."""
    division = int(nace[:2])
    if division >= 58 and division not in (77, 81, 96):
        return 22.0 * employees
    return (60.0 if division in (45, 47, 55, 56) else 140.0) * employees
