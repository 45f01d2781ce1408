"""Invented people's names: lists from several origins, since the families of a school come from everywhere."""

from random import Random
from typing import NamedTuple

FAMILY = (
    "Abadie Benali Corre Diallo Ferreira Guérin Hamon Ibrahim Jacquet Kerbrat Lambert Marchand Nguyen Ollivier Petit "
    "Quéré Roussel Sanchez Traoré Urbain Vasseur Weber Yilmaz Zidi Barbier Chevalier Dupuis Fontaine Garnier Leroux "
    "Aubry Blanchard Carlier Daniel Étienne Fabre Gauthier Humbert Imbert Joly Klein Lacroix Mercier Noël Olivier "
    "Perrin Quentin Renaud Schmitt Tessier Uzan Vidal Wagner Xavier Young Zimmermann Adam Bailly Colin Durand Evrard "
    "Faure Gomez Henry Issa Jamet Kone Lopez Martin Nicolas Okoye Poirier Quillet Robin Sow Thomas Ung Vallet Wallon "
    "Yang Zerbib Arnaud Bouvier Cissé Dumas Esteve Ferrand Gillet Haidara Ivanov Jourdan"
).split()
GIVEN = (
    "Nina Yanis Malo Aïssatou Inès Tom Lise Samir Chloé Noé Emma Hugo Linh Maëlle Lucas Enora Jules Carla Moussa Zoé "
    "Arthur Rose Emre Lina Gabin Louise Adam Jade Nolan Anaïs Ethan Camille Sofiane Juliette Baptiste Manon"
).split()
MOTHERS = "Sophie Amina Nathalie Fatou Karine Lucie Mei Sabrina Élodie".split()
FATHERS = "Karim Laurent Ousmane Frédéric Minh Pascal Idriss".split()


class Origin(NamedTuple):
    """Names that go together; `weight` says how many families in a hundred bear them."""

    weight: int
    families: list[str]
    girls: list[str]
    boys: list[str]
    women: list[str]
    men: list[str]


def _names(text: str) -> list[str]:
    """One name a word; an underscore stands for the space inside a name."""
    return [word.replace("_", " ") for word in text.split()]


HERE = Origin(
    64,
    FAMILY
    + _names(
        "Le_Goff Le_Bihan Kervella Riou Tanguy Gicquel Morvan Cadiou L'Hostis Le_Roux Rouault Bouchard D'Hervé "
        "Du_Plessis Saint-Léger Maréchal Lefèbvre Girard Boucher Rivière Delorme Caradec Le_Gall Briand Coudray "
        "Gérard Huet Launay Masson Pichon Rolland Simonet Texier Vaillant Brunet-Lévêque Œuvrard"
    ),
    _names(
        "Nina Lise Chloé Emma Maëlle Enora Carla Zoé Rose Louise Jade Anaïs Camille Juliette Manon Clémence Alice Léa "
        "Agathe Éléonore Jeanne Margot Lou-Ann Marie-Lou Anne-Sophie Romane Capucine Gwenn Océane Salomé Apolline Héloïse"
    ),
    _names(
        "Malo Tom Noé Hugo Lucas Jules Arthur Gabin Nolan Ethan Baptiste Louis Paul Gaspard Théo Maël Léo Sacha Raphaël "
        "Timothée Jean-Baptiste Pierre-Louis Corentin Titouan Evan Simon Élie Côme Loïc Aurélien Maxence Éwen"
    ),
    _names(
        "Sophie Nathalie Karine Lucie Élodie Julie Céline Aurélie Stéphanie Marie-Laure Virginie Émilie Delphine "
        "Anne-Claire Gaëlle Laëtitia Sandrine Valérie Maud Solène Noémie Hélène"
    ),
    _names(
        "Laurent Frédéric Pascal Nicolas Sébastien Jérôme Mickaël Yann Erwan Cédric Olivier Jean-François Guillaume "
        "Mathieu Benoît Grégory Ronan Gaël Vincent Stéphane Arnaud Rémi"
    ),
)
ELSEWHERE = [
    Origin(
        13,
        _names("Benali Haddad Belkacem El_Amrani Bouzid Zidi Cherif Mansouri M'Barek Ben_Salem Ouali Saïdi"),
        _names("Inès Lina Yasmine Sirine Nour Aya Kenza Maïssa Sofia Lilia"),
        _names("Yanis Samir Sofiane Adam Rayan Ilyès Amine Bilal Naïm Mehdi"),
        _names("Amina Sabrina Leïla Nadia Samira Fatiha Houria Karima"),
        _names("Karim Idriss Rachid Mourad Nabil Hicham Farid Abdel"),
    ),
    Origin(
        9,
        _names("Diallo Traoré Sow Cissé Kone Haidara N'Diaye N'Guessan Camara Okoye Mbaye Sissoko"),
        _names("Aïssatou Fatoumata Awa Mariama Khady Grâce Aminata Djénéba"),
        _names("Moussa Mamadou Ibrahima Ousmane Cheick Junior Emmanuel Sékou"),
        _names("Fatou Mariam Bintou Adjoa Rokia Aminata"),
        _names("Ousmane Boubacar Kofi Amadou Souleymane Modibo"),
    ),
    Origin(
        6,
        _names(
            "Ferreira Sanchez Gomez Lopez Da_Silva D'Almeida Pereira Rossi Moretti Muñoz Gonçalves Esteve"
        ),
        _names("Carla Inês Lola Giulia Clara Elena Mafalda"),
        _names("Tiago Diego Enzo Matteo Rafaël João Pablo"),
        _names("Maria Paula Isabel Chiara Teresa Conceição"),
        _names("Manuel José António Marco Carlos Luis"),
    ),
    Origin(
        4,
        _names("Yilmaz Yıldırım Demir Kaya Öztürk Petrović Kovačević Ivanov Nowak Popescu Haxhi Wójcik"),
        _names("Élif Zeynep Ana Milena Daria Zofia"),
        _names("Emre Kerem Luka Aleksandar Mihai Jakub"),
        _names("Ayşe Elena Ioana Agnieszka Vesna"),
        _names("Mehmet Dragan Andreï Piotr Ion"),
    ),
    Origin(
        4,
        _names("Nguyen Tran Ung Yang Phan Le_Van Rajaonarivelo Kumar Chen Sivakumar"),
        _names("Linh Mei Thi-Anh Priya Soraya Fanja"),
        _names("Minh Kim Arjun Hery Wei Tiên"),
        _names("Mei Lan Hoa Lalao Anjali"),
        _names("Minh Duc Rakoto Ravi Jun"),
    ),
]
ORIGINS = [HERE, *ELSEWHERE]
WEIGHTS = [origin.weight for origin in ORIGINS]
STREETS = _names(
    "rue_des_Lilas rue_de_l’Abbé-Grimault allée_du_Verger avenue_Aristide-Briand rue_du_Moulin impasse_des_Mésanges "
    "rue_Louise-Michel place_de_la_Mairie chemin_du_Halage boulevard_de_la_Liberté rue_Jean-Jaurès cours_d'Armorique"
)
TOWNS = [("RENNES", "35000"), ("RENNES", "35200"), ("CESSON-SEVIGNE", "35510"), ("SAINT-GREGOIRE", "35760")]
TREES = _names(
    "Tilleuls Marronniers Érables Frênes Ormes Bouleaux Charmes Saules Peupliers Hêtres Cèdres Noyers Merisiers "
    "Aulnes Platanes Cormiers Ifs Châtaigniers Noisetiers Genêts"
)


def origin_for(chance: Random) -> Origin:
    """The names of one family, drawn as often as its origin is met."""
    return chance.choices(ORIGINS, WEIGHTS)[0]
