/**
 * The words that names, addresses and goods are put together from, each list twice: what training documents use and what only the
 * exam uses. The two never share an entry; legal forms, post codes and countries, which the world has few of, are shared and stand elsewhere.
 */
import type { Language } from '../types.ts';

/** Which half of the lists a document draws from. Practice and validation use 'train'. */
export type WordSplit = 'train' | 'exam';

export type WordPair = Readonly<Record<WordSplit, readonly string[]>>;

const list = (text: string): readonly string[] => text.trim().split(/\s*,\s*/);

export const VENDOR_STEMS: WordPair = {
  train: list(`Nordlicht, Alder, Brennecke, Castellan, Delmare, Eastgate, Fairholm, Granvik, Hollister, Ibérica, Jansen, Kestrel, Lindqvist,
    Marchetti, Nordwind, Oakhurst, Pelletier, Quintana, Rosenthal, Silberbach, Tamarind, Ullmann, Valmont, Westerkamp, Yarrow, Zander, Arbois,
    Bellweather, Cordier, Duinmeer, Elsbeth, Ferraris, Gatwick, Haverkamp, Isola, Juniper, Kranich, Lafitte, Moorland, Navarro, Ostend, Primavera,
    Rothermel, Sandström, Torrente, Ulster, Verdier, Wolfram, Amberley, Birkholz, Calloway, Drechsler, Escudero, Fontaine, Greenock, Hartwig`),
  exam: list(`Abendroth, Blackmoor, Crèvecoeur, Dornier, Estrella, Falkensee, Glenshaw, Hinterland, Ivrea, Jorvik, Kattegat, Lombard, Montclair,
    Nettlefield, Orsini, Peregrine, Quercy, Rheintal, Stellendam, Thornbury, Umbria, Vasquez, Wittenberg, Zuidema`),
};

export const VENDOR_TRADES: WordPair = {
  train:
    list(`Papier, Office, Logistics, Werkzeug, Supply, Print, Möbel, Energy, Catering, Textil, Software, Metall, Cleaning, Media, Labor, Chemie,
    Verpackung, Hydraulics, Electronics, Foods, Gardens, Glas, Security, Consulting, Transport, Instruments, Paints, Timber`),
  exam: list('Optik, Freight, Keramik, Studios, Fasteners, Robotics, Beverages, Signage, Plastics, Archives, Ventilation, Surveying'),
};

export const COMPANY_NAMES: WordPair = {
  train:
    list(`Meridian Works, Lakeside Group, Tannenhof AG, Corvus Labs, Harbour & Sons, Atelier Blanc, Kontor Elbe, Solaris Trading, Bright Mills,
    Vega Systems, Pinewood Partners, Rialto Foods, Delta Kliniken, Orchard House`),
  exam: list('Magnolia Group, Aurelia Labs, Steinadler KG, Cobalt Yard, Maison Verte, Polder Trading'),
};

export const STREETS: Readonly<Record<Language, WordPair>> = {
  en: {
    train: list('Mill Lane, Station Road, High Street, Canal Wharf, Kings Avenue, Orchard Row, Park Crescent, Abbey Road, Victoria Street'),
    exam: list('Foundry Close, Bishops Gate, Sycamore Drive, Harbour View'),
  },
  de: {
    train: list(
      'Bahnhofstraße, Lindenweg, Industriestraße, Am Markt, Gartenweg, Mühlenstraße, Hafenallee, Schillerplatz, Bergstraße, Kirchgasse',
    ),
    exam: list('Ahornallee, Gewerbering, Uferstraße, Zum Steinbruch'),
  },
  fr: {
    train: list('rue de la Gare, avenue Foch, rue des Lilas, quai du Rhône, boulevard Carnot, rue du Moulin, place du Marché, rue Pasteur'),
    exam: list('impasse des Tanneurs, allée des Chênes, rue Voltaire, cours Mirabeau'),
  },
  es: {
    train: list('Calle Mayor, Avenida del Puerto, Calle Real, Paseo del Prado, Calle Serrano, Ronda Norte, Calle Luna, Plaza Nueva'),
    exam: list('Calle del Olmo, Camino Viejo, Avenida Libertad, Calle Cervantes'),
  },
  nl: {
    train: list('Stationsweg, Dorpsstraat, Keizersgracht, Molenlaan, Havenkade, Industrieweg, Kerkstraat, Parklaan'),
    exam: list('Wilgenplein, Zeedijk, Ambachtsweg, Tulpstraat'),
  },
  it: {
    train: list('Via Roma, Corso Italia, Via Garibaldi, Viale Europa, Via Dante, Piazza Verdi, Via Mazzini, Via del Porto'),
    exam: list('Via delle Rose, Largo Cavour, Via Manzoni, Viale dei Pini'),
  },
};

export const CITIES: Readonly<Record<Language, WordPair>> = {
  en: {
    train: list('Leeds, Bristol, Dublin, Norwich, Cardiff, York, Exeter, Boston, Portland, Madison, Derby'),
    exam: list('Dundee, Galway, Salem, Preston, Lincoln'),
  },
  de: {
    train: list('Hamburg, Köln, Leipzig, Bremen, Graz, Zürich, Kassel, Ulm, Mainz, Dresden, Linz'),
    exam: list('Rostock, Jena, Basel, Trier, Münster'),
  },
  fr: { train: list('Lyon, Nantes, Lille, Genève, Rennes, Dijon, Liège, Nîmes, Tours'), exam: list('Angers, Metz, Lausanne, Reims') },
  es: { train: list('Madrid, Sevilla, Bilbao, Málaga, Gijón, Murcia, Vigo, Zaragoza'), exam: list('Cádiz, Burgos, León, Girona') },
  nl: { train: list('Utrecht, Delft, Breda, Gent, Leiden, Zwolle, Arnhem, Tilburg'), exam: list('Haarlem, Brugge, Meppel, Goes') },
  it: { train: list('Milano, Torino, Verona, Bari, Parma, Genova, Lugano, Pisa'), exam: list('Siena, Trento, Lecce, Modena') },
};

/** What is sold; with `GRADES` it makes an item. */
export const GOODS: Readonly<Record<Language, WordPair>> = {
  en: {
    train:
      list(`Copy paper, Desk lamp, Steel bracket, Toner, Cable drum, Safety gloves, Coffee beans, Pallet wrap, Hex bolts, Monitor arm, Filing box,
      Air filter, Floor cleaner, Label rolls, Site survey, Hosting, Maintenance, Training day, Courier run, Paint`),
    exam: list('Dust mask, Whiteboard, Hinge set, Web design, Drill bits, Soap refill, Seat cushion, Audit hours'),
  },
  de: {
    train:
      list(`Kopierpapier, Schreibtischlampe, Stahlwinkel, Toner, Kabeltrommel, Handschuhe, Kaffeebohnen, Stretchfolie, Sechskantschrauben, Ordner,
      Luftfilter, Bodenreiniger, Etiketten, Aufmaß, Wartung, Schulungstag, Kurierfahrt, Farbe, Dübel, Bürostuhl`),
    exam: list('Staubmaske, Whiteboard, Scharniere, Webdesign, Bohrer, Seife, Sitzkissen, Prüfstunden'),
  },
  fr: {
    train:
      list(`Papier A4, Lampe de bureau, Équerre acier, Toner, Rallonge, Gants, Café en grains, Film étirable, Vis, Classeur, Filtre à air,
      Étiquettes, Entretien, Formation, Course, Peinture, Chevilles, Chaise`),
    exam: list('Masque, Tableau blanc, Charnières, Création web, Forets, Savon, Coussin, Audit'),
  },
  es: {
    train:
      list(`Papel A4, Lámpara, Soporte de acero, Tóner, Bobina de cable, Guantes, Café en grano, Film, Tornillos, Archivador, Filtro de aire,
      Etiquetas, Mantenimiento, Formación, Mensajería, Pintura, Tacos, Silla`),
    exam: list('Mascarilla, Pizarra, Bisagras, Diseño web, Brocas, Jabón, Cojín, Auditoría'),
  },
  nl: {
    train:
      list(`Kopieerpapier, Bureaulamp, Stalen beugel, Toner, Kabelhaspel, Handschoenen, Koffiebonen, Wikkelfolie, Bouten, Ordner, Luchtfilter,
      Etiketten, Onderhoud, Training, Koerier, Verf, Pluggen, Bureaustoel`),
    exam: list('Stofmasker, Whiteboard, Scharnieren, Webdesign, Boren, Zeep, Kussen, Controle'),
  },
  it: {
    train:
      list(`Carta A4, Lampada, Staffa in acciaio, Toner, Prolunga, Guanti, Caffè in grani, Film, Bulloni, Cartella, Filtro aria, Etichette,
      Manutenzione, Formazione, Corriere, Vernice, Tasselli, Sedia`),
    exam: list('Mascherina, Lavagna, Cerniere, Sito web, Punte, Sapone, Cuscino, Revisione'),
  },
};

/** What follows the goods, in any language. */
export const GRADES: WordPair = {
  train: list(`A4 80g, M8x40, 5 L, 25 m, Pro, 500 W, blue, XL, 2.0, type B, 10 kg, DIN 912, mini, 24V, Basic, S2, 40 cm, grey, Plus, R32`),
  exam: list('M6x25, 3 L, 50 m, Max, green, XS, type C, 15 kg, 12V, T4, 60 cm, Eco'),
};

export const NOTES: Readonly<Record<Language, WordPair>> = {
  en: {
    train: [
      'Thank you for your order.',
      'Goods remain our property until paid in full.',
      'Please pay by bank transfer.',
      'Delivered free of charge.',
      'Please quote the number above.',
      'Complaints within 8 days, please.',
    ],
    exam: ['We appreciate your business.', 'Returns only after agreement.', 'Packaging is taken back.', 'Sold under our general terms.'],
  },
  de: {
    train: [
      'Vielen Dank für Ihren Auftrag.',
      'Die Ware bleibt bis zur Zahlung unser Eigentum.',
      'Bitte überweisen Sie den Betrag.',
      'Lieferung frei Haus.',
      'Reklamationen binnen 8 Tagen.',
    ],
    exam: [
      'Wir freuen uns auf ein Wiedersehen.',
      'Rückgabe nur nach Absprache.',
      'Es gelten unsere AGB.',
      'Verpackung wird zurückgenommen.',
    ],
  },
  fr: {
    train: [
      'Merci de votre confiance.',
      'Règlement par virement.',
      'Livraison franco.',
      'Pas d’escompte pour paiement anticipé.',
      'Réclamations sous 8 jours.',
    ],
    exam: ['Au plaisir de vous revoir.', 'Retours sur accord seulement.', 'Emballage repris.', 'Voir nos conditions générales.'],
  },
  es: {
    train: [
      'Gracias por su pedido.',
      'Pago por transferencia.',
      'Portes pagados.',
      'Reclamaciones en 8 días.',
      'La mercancía es nuestra hasta el pago.',
    ],
    exam: ['Quedamos a su disposición.', 'Devoluciones previo acuerdo.', 'Embalaje retornable.', 'Según condiciones generales.'],
  },
  nl: {
    train: [
      'Bedankt voor uw opdracht.',
      'Gelieve over te maken.',
      'Levering franco.',
      'Reclames binnen 8 dagen.',
      'Goederen blijven van ons tot betaling.',
    ],
    exam: ['Tot een volgende keer.', 'Retour alleen in overleg.', 'Emballage wordt teruggenomen.', 'Onze voorwaarden gelden.'],
  },
  it: {
    train: [
      'Grazie per il vostro ordine.',
      'Pagamento con bonifico.',
      'Porto franco.',
      'Reclami entro 8 giorni.',
      'Merce nostra fino al saldo.',
    ],
    exam: ['Restiamo a disposizione.', 'Resi solo previo accordo.', 'Imballo a rendere.', 'Secondo condizioni generali.'],
  },
};
