"""Words in, what kind of name they are out: given names, places and their people, and institutions that are known.

Lists, not a model: the commonest of each in news. A name that is missing here is still found by what stands around it.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _lines(text: str) -> frozenset[str]:
    return frozenset(" ".join(part.split()) for part in text.split(",") if part.strip())


GIVEN = _words("""
Aaron Abdel Abdul Abdullah Abe Abigail Abiy Abraham Adam Adele Adrian Adrien Agnieszka Agnès Ahmad Ahmed Aidan Aisha
Ajay Akira Alain Alan Albert Alberto Alejandra Alejandro Aleksandar Aleksandr Aleksei Alessandro Alex Alexander
Alexandra Alexandre Alexandria Alexei Alexey Alexis Alfonso Alfred Alfredo Ali Alice Alicia Alison Alistair Allison
Amanda Amber Amelia Amina Amir Amit Amy Amélie Ana Anastasia Anatoly Anders Andre Andrea Andreas Andrei Andres Andrew
Andrey Andrzej Andy Angela Angelina Angus Anil Anita Anke Anna Annalena Anne Annie Ansgar Anthony Antoine Anton
Antonio António Anwar Ari Ariana Arjun Arnaud Arnold Arthur Artur Arvind Ashley Astrid Audrey Aung Aurore Aurélien
Austin Axel Ayman Aziz Barack Barbara Barry Bart Bashar Beata Beatrice Begoña Ben Benedict Benjamin Bernard Bernie
Bert Beth Bettina Betty Bill Bjarne Bjorn Björn Bob Bobby Bola Boris Brad Bradley Brandon Brenda Brendan Brett Brian
Bridget Bruce Bruno Bryan Bärbel Caitlin Cameron Carl Carla Carles Carlo Carlos Carmen Carol Caroline Catherine
Cecilia Cem Charles Charlie Charlotte Chen Cheryl Chinua Chloe Chris Christian Christina Christine Christoph
Christophe Christopher Chuck Claire Clara Claude Claudia Claus Clive Clément Colin Concha Connor Conor Cornelia Craig
Cristina Curtis Cynthia Cédric Céline Daisy Dale Damien Dan Daniel Daniela Daniele Danny Daria Darren Dave David
Deborah Delphine Denis Dennis Derek Devlet Diana Diane Didier Diego Dieter Dimitri Dimitris Dirk Dmitri Dmitriy Dmitry
Dolores Dominic Dominik Dominique Don Donald Donna Dora Doris Dorothee Dorothy Doug Douglas Drew Duncan Dylan Earl
Ebrahim Ed Eddie Edgar Edi Eduardo Edward Edwin Eileen Ekrem Elaine Eleanor Elena Eleni Eli Elias Elisabeth Elise
Elizabeth Elke Ella Ellen Elliot Elly Elon Elsa Emil Emily Emma Emmanuel Enrico Enrique Eric Erica Erik Erin Ernest
Ernesto Ethan Eugene Eva Evan Evelyn Evgeny Fabien Fabio Fabrice Faisal Farid Fatima Federico Felipe Felix Ferdinand
Fernando Fiona Florence Florian Frances Francesca Francesco Francis Francisco Franck Francois Frank Franz Franziska
François Fred Frederic Frederick Friedrich Fumio Félix Gabriel Gabriela Gabriele Gareth Gary Gavin Gaël Gemma Gennady
Geoff Geoffrey George Georgia Gerald Gerard Gerhard Giancarlo Gilbert Gilles Gina Giorgi Giorgia Giorgio Giovanni
Gitanas Giulia Giuliano Giuseppe Gloria Gonzalo Gordon Grace Graham Greg Gregory Greta Grigory Guido Guillaume
Guillermo Gustavo Guy Gwynne Gérald Gérard Günter Günther Hakan Hamid Hannah Hans Harold Harriet Harry Haruki Hasan
Hassan Heather Hector Heidi Heiko Heinrich Helen Helena Helmut Henri Henrik Henry Herbert Herman Hervé Hillary Hiroshi
Holly Hosni Howard Hubertus Hugh Hugo Hui Hussein Hélène Ian Ibrahim Ignacio Igor Ilya Imran Ines Ingrid Inés Irene
Irina Isaac Isabel Isabella Isabelle Isaias Ismail Ivan Ivanka Jack Jackie Jacob Jacqueline Jacques Jae Jaime Jair
Jake Jakob Jamal James Jamie Jan Jane Janet Janine Jared Jarosław Jason Javier Jay Jean Jeff Jeffrey Jennifer Jenny
Jens Jeremy Jerome Jerry Jesse Jessica Jesús Jim Jimmy Joachim Joan Joanna Joaquín Jochen Joe Joel Johan Johannes John
Johnny Jon Jonas Jonathan Jordan Jordi Jorge Jose Josef Josep Joseph Josh Joshua José Joyce Juan Jude Judith Julia
Julian Julie Julien Juliet Julius Jun Justin Jérôme Jörg Jürgen Kaja Kamala Karen Karim Karin Karl Karoline Katalin
Kate Katherine Kathleen Kathryn Katie Katja Katrin Katrina Keir Keith Kelly Kemal Ken Kenji Kenneth Kevin Khaled
Khalid Kim Kiran Kirsten Klaus Konstantin Kristen Kristina Krzysztof Kurt Kwame Kyle Kyriakos Laetitia Lana Lara Larry
Lars Laura Lauren Laurence Laurent Lea Lee Leila Lena Leo Leon Leonard Leonardo Leonid Leslie Lewis Leyla Li Liam
Lidia Lily Linda Lionel Lisa Liz Lloyd Lorenzo Louis Louise Loïc Luc Luca Lucas Lucia Lucy Ludmila Luigi Luis Luisa
Luiz Luka Lukas Luke Lydia Lyudmila Léa Maduro Magdalena Maggie Magnus Mahmoud Malcolm Mansur Manuel Manuela Marc
Marcel Marcelo Marco Marcos Marcus Margaret Margarete Margarita Maria Mariam Marie Marina Marine Mario Marion Marjorie
Mark Marko Markus Martha Martin Martina Marvin Mary Maryam María Masoud Mateusz Mathias Mathilde Matilda Matt Matteo
Matthew Matthias Maurice Mauricio Max Maxim Maximilian Maximiliano Maya Megan Mehmet Melania Melanie Melissa Mercedes
Mette Mia Michael Michaela Michel Michele Michelle Michèle Miguel Mihail Mike Mikhail Milan Milos Ming Mira Miriam
Mitch Mitt Mohamed Mohammad Mohammed Mohsen Moira Molly Monica Monika Moshe Mudassar Muhammad Murat Mustafa Míriam
Mónica Nadia Nadine Nadège Nana Nancy Naomi Naoto Narendra Natalia Natalie Natasha Nathalie Nathan Neil Nelson Ngozi
Niamh Nicholas Nick Nicola Nicolas Nicole Nicolás Niels Nigel Nikita Nikki Nikol Nikola Nikolai Nikolay Nikos Nina
Nkosazana Noah Noel Nora Norbert Norman Noël Oksana Olaf Oleg Oleksandr Olga Oliver Olivia Olivier Olusegun Omar Osama
Oscar Oskar Otto Owen Pablo Paolo Pascal Patrice Patricia Patrick Patti Patxi Paul Paula Paulo Pavel Pedro Peer Peggy
Penny Peter Petr Petra Petro Phil Philip Philippe Phillip Pierre Pieter Pilar Piotr Priti Priya Péter Qasim Quentin
Rachel Rachida Rafael Rafaela Rahul Raila Rainer Raisa Raj Rajesh Rajiv Ralf Ralph Rami Ramzan Ramón Raphael Raphaël
Raquel Rashid Raul Ravi Ray Raymond Rebecca Recep Reinhard Renate Rene René Rex Rhys Ricardo Riccardo Richard Rick
Rishi Rita Rob Robert Roberta Roberto Robin Rodrigo Roger Rohit Roland Rolf Romain Roman Romano Ron Ronald Rory Rosa
Rose Rosemary Ross Roy Ruben Rudy Rupert Russell Ruth Ryan Rémi Sabine Sadiq Saeed Sahra Sajid Salman Salome Salvador
Sam Samantha Sami Samia Samir Samira Samuel Sanae Sandra Sanjay Sanna Santiago Sara Sarah Saskia Satya Sauli Scooter
Scott Sean Sebastian Selahattin Serena Serge Sergei Sergey Sergio Seth Shane Shannon Sharon Sheila Shigeru Shinzo
Shirley Sigmar Sigrid Silvia Silvio Simon Simone Siobhan Sofia Soledad Sonia Sophia Sophie Stanislav Stefan Stefano
Stella Stephane Stephanie Stephen Steve Steven Stewart Stuart Stéphane Sue Sundar Sunil Suresh Susan Susanne Suzanne
Sven Svenja Svetlana Sylvia Sylvie Sébastien Ségolène Taras Tatiana Tatyana Taylor Ted Teresa Terry Thabo Theo
Theodore Theresa Thibault Thierry Thomas Thorsten Tim Timothy Tina Tino Tobias Todd Tom Tomas Tommy Tomáš Toni Tony
Torsten Travis Trevor Tucker Tulsi Uday Uhuru Ulrich Ursula Vadim Valentina Valeria Valerie Valery Valérie Valéry
Vanessa Vasily Vera Veronica Viacheslav Victor Victoria Vijay Viktor Viktória Vincent Vincenzo Virat Virginia Virginie
Vitali Vitalii Vitaly Vivek Vladimir Vladislav Volker Volodymyr Vyacheslav Véronique Walter Wang Warren Wayne Wei
Wendy Wilhelm Will Willem William Winston Wladimir Wolfgang Wolodymyr Xavier Xi Yair Yan Yana Yannick Yasmin Yaël
Yekaterina Yevgeny Yoav Yoko Yolanda Yuki Yulia Yuri Yusuf Yves Yvonne Zachary Zara Zeynep Zhang Zoe Zuzana Álvaro
Édouard Élisabeth Éric Étienne Íñaki Íñigo Óscar Александр Алексей Анастасия Анатолий Андрей Анна Антон Борис Вадим
Валентина Валерий Василий Виктор Виталий Владимир Владислав Вячеслав Геннадий Георгий Григорий Дарья Денис Джо Джон
Дмитрий Дональд Евгений Екатерина Елена Иван Игорь Илон Илья Ирина Константин Леонид Людмила Максим Марина Мария
Михаил Наталья Никита Николай Оксана Олег Ольга Павел Пётр Роман Светлана Сергей Станислав Татьяна Фёдор Эдвард Юлия
Юрий
""")

# Countries, regions, cities, and the adjectives of their people: no watch is suggested for a place
PLACES = _lines("""
Abu Dhabi, Abuja, Accra, Addis Ababa, Afghan, Afghanistan, Africa, African, Africans, Alabama, Alaska, Albania,
Albanian, Aleppo, Algeria, Algerian, Algiers, Amazonas, America, American, Americans, Americas, Amman, Amsterdam,
Angola, Ankara, Antarctica, Arab, Arabia, Arabic, Arabs, Arctic, Argentina, Argentine, Arizona, Arkansas, Armenia,
Armenian, Asia, Asian, Astana, Athens, Atlanta, Atlantic, Auckland, Australia, Australian, Australians, Austria,
Austrian, Azerbaijan, Azerbaijani, Baghdad, Bahrain, Bakhmut, Baku, Bali, Balkan, Balkans, Baltic, Bangkok,
Bangladesh, Bangladeshi, Barcelona, Bavaria, Beijing, Beirut, Belarus, Belarusian, Belfast, Belgian, Belgium,
Belgorod, Belgrade, Benin, Berlin, Bermuda, Bern, Black, Bolivia, Bolivian, Bordeaux, Bosnia, Bosnian, Boston,
Botswana, Brazil, Brazilian, Brisbane, Bristol, Britain, British, Britons, Brooklyn, Brussels, Bryansk, Bucharest,
Budapest, Buddhist, Buenos Aires, Bulgaria, Bulgarian, Burkina Faso, Burma, Burundi, Cairo, Calais, California,
Californian, Cambodia, Cambodian, Cambridge, Cameroon, Canada, Canadian, Canadians, Canberra, Cape Town, Caracas,
Cardiff, Caribbean, Casablanca, Catholic, Catholics, Caucasus, Chad, Chechen, Chechnya, Chicago, Chile, Chilean,
China, Chinese, Christian, Christians, Cologne, Colombia, Colombian, Colombo, Colorado, Congo, Congolese, Connecticut,
Copenhagen, Costa Rica, Crimea, Crimean, Croatia, Croatian, Cuba, Cuban, Cypriot, Cyprus, Czech, Czech Republic,
Czechia, DRC, Dagestan, Dakar, Dallas, Damascus, Danish, Darfur, Delaware, Delhi, Democratic, Denmark, Denver,
Detroit, Dhaka, Djibouti, Doha, Dominican Republic, Donbas, Donbass, Donetsk, Dresden, Dubai, Dublin, Dutch, EU
member, East Timor, Eastern Europe, Ecuador, Edinburgh, Egypt, Egyptian, El Salvador, England, English, Eritrea,
Essex, Estonia, Estonian, Ethiopia, Ethiopian, Europe, European, Europeans, Evangelical, Far East, Fiji, Filipino,
Finland, Finnish, Finns, Florida, France, Frankfurt, French, Gaza, Gaza Strip, Geneva, Georgia, Georgian, German,
Germans, Germany, Ghana, Glasgow, Golan Heights, Great Britain, Greece, Greek, Greenland, Guatemala, Guinea, Gulf,
Hague, Haiti, Haitian, Hamburg, Hanoi, Harare, Havana, Hawaii, Helsinki, Hindu, Hindus, Hiroshima, Hispanic, Holland,
Hollywood, Honduras, Hong Kong, Houston, Hungarian, Hungary, Iceland, Icelandic, Idaho, Idlib, Illinois, India,
Indian, Indiana, Indians, Indonesia, Indonesian, Iowa, Iran, Iranian, Iraq, Iraqi, Ireland, Irish, Irkutsk, Islamabad,
Islamic, Islamist, Islamists, Israel, Israeli, Israelis, Istanbul, Italian, Italy, Ivory Coast, Izium, Jakarta,
Jamaica, Japan, Japanese, Jerusalem, Jewish, Jews, Johannesburg, Jordan, Kabul, Kaliningrad, Kansas, Karachi, Kashmir,
Kazakh, Kazakhstan, Kent, Kentucky, Kenya, Kenyan, Kharkiv, Khartoum, Kherson, Kiev, Kigali, Kinshasa, Kolkata, Korea,
Korean, Kosovo, Kramatorsk, Kuala Lumpur, Kurdish, Kurdistan, Kurds, Kursk, Kuwait, Kyiv, Kyrgyz, Kyrgyzstan, Lagos,
Lahore, Laos, Las Vegas, Latin America, Latin American, Latino, Latvia, Latvian, Lebanese, Lebanon, Leeds, Liberia,
Libya, Libyan, Lima, Lisbon, Lithuania, Lithuanian, Liverpool, London, Los Angeles, Louisiana, Luhansk, Luxembourg,
Lviv, Lyon, Macau, Madrid, Maine, Malawi, Malaysia, Malaysian, Mali, Malta, Manchester, Manhattan, Manila, Mar-a-Lago,
Mariupol, Marseille, Marxist, Maryland, Massachusetts, Mecca, Melbourne, Mexican, Mexico, Miami, Michigan, Middle
East, Middle Eastern, Milan, Minneapolis, Minnesota, Minsk, Mississippi, Missouri, Mogadishu, Moldova, Moldovan,
Monaco, Mongolia, Montana, Montenegro, Montreal, Moroccan, Morocco, Moscow, Mosul, Mozambique, Mumbai, Munich, Muslim,
Muslims, Myanmar, Nairobi, Namibia, Naples, Nashville, Nazi, Nazis, Nebraska, Nepal, Netherlands, Nevada, New Delhi,
New Hampshire, New Jersey, New Mexico, New Orleans, New York, New York City, New Zealand, Nicaragua, Niger, Nigeria,
Nigerian, Nordic, North Africa, North America, North Carolina, North Dakota, North Korea, North Korean, Northern
Ireland, Norway, Norwegian, Novosibirsk, Odesa, Odessa, Ohio, Oklahoma, Olympic, Oman, Oregon, Orthodox, Osaka, Oslo,
Ottawa, Oxford, Pacific, Pakistan, Pakistani, Palestine, Palestinian, Palestinians, Panama, Paraguay, Paris,
Pennsylvania, Persian, Peru, Peruvian, Philadelphia, Philippine, Philippines, Phnom Penh, Phoenix, Poland, Poles,
Polish, Portland, Portugal, Portuguese, Prague, Pretoria, Protestant, Puerto Rico, Pyongyang, Qatar, Qatari, Quebec,
Rafah, Ramallah, Republican, Reykjavik, Rhode Island, Riga, Rio de Janeiro, Riyadh, Romania, Romanian, Rome, Rostov,
Russia, Russian, Russians, Rwanda, Rwandan, Sahel, Samara, San Diego, San Francisco, Sanaa, Santiago, Sao Paulo,
Saudi, Saudi Arabia, Saudis, Scandinavia, Scandinavian, Scot, Scotland, Scottish, Seattle, Senegal, Seoul, Serbia,
Serbian, Sevastopol, Shanghai, Shenzhen, Shia, Shiite, Siberia, Siberian, Sicily, Sierra Leone, Silicon Valley,
Singapore, Slovak, Slovakia, Slovenia, Sochi, Sofia, Somali, Somalia, South Africa, South African, South America,
South Asia, South Carolina, South China Sea, South Dakota, South Korea, South Korean, South Sudan, Southeast Asia,
Soviet, Soviet Union, Spain, Spanish, Sri Lanka, Sri Lankan, St Petersburg, St. Petersburg, Stockholm, Strasbourg,
Sudan, Sudanese, Sunni, Swede, Sweden, Swedish, Swiss, Switzerland, Sydney, Syria, Syrian, São Paulo, Taipei, Taiwan,
Taiwanese, Tajikistan, Tallinn, Tanzania, Tashkent, Tbilisi, Tehran, Tel Aviv, Tennessee, Texan, Texas, Thai,
Thailand, The Hague, Tibet, Tibetan, Togo, Tokyo, Toronto, Tory, Transnistria, Tripoli, Tunisia, Tunisian, Turin,
Turk, Turkey, Turkish, Turkmenistan, U.K, U.S, U.S.A, UAE, UK, US, USA, USSR, Uganda, Ugandan, Ukraine, Ukrainian,
Ukrainians, United Arab Emirates, United Kingdom, United States, Uruguay, Utah, Uzbek, Uzbekistan, Vancouver,
Venezuela, Venezuelan, Venice, Vermont, Vienna, Vietnam, Vietnamese, Vilnius, Virginia, Vladivostok, Wales, Warsaw,
Washington, Washington D.C., Washington DC, Wellington, Welsh, West Africa, West Bank, West Virginia, Western,
Westerners, White, Wisconsin, Wyoming, Yemen, Yemeni, Yerevan, Zagreb, Zambia, Zaporizhzhia, Zimbabwe, Zurich,
Америка, Вашингтон, Германия, Европа, Киев, Москва, Россия, США, Украина
""")

# Organisations whose names show nothing of it, or are made of ordinary words
KNOWN = _lines("""
Agence France-Presse, Airbus, Al Jazeera, Al Qaeda, Al-Qaeda, Alibaba, Alphabet, Amazon, Amnesty International,
Anthropic, Apple, Associated Press, Baidu, Bellingcat, Bloomberg, Boeing, Boko Haram, Booking, Breitbart, Bundestag,
Bundeswehr, ByteDance, Cambridge Analytica, Chevron, Disney, Doctors Without Borders, Duma, Eurojust, European Union,
Europol, Exxon, Facebook, Fatah, Federal Reserve, Ford, Fox News, Frontex, Gazprom, General Electric, General Motors,
Goldman Sachs, Google, Greenpeace, Hamas, Hezbollah, Huawei, Human Rights Watch, Interfax, Interpol, Islamic State,
Knesset, Kremlin, Kuomintang, Lockheed Martin, Lufthansa, Lukoil, Meduza, Meta, Médecins Sans Frontières, Microsoft,
Morgan Stanley, Mossad, Netflix, Neuralink, Nvidia, Oxfam, Palantir, Pentagon, Pfizer, Politico, Pussy Riot, Raytheon,
Red Crescent, Red Cross, Reuters, Riksdag, Roscosmos, Rosneft, Rostec, Sberbank, Shell, Shin Bet, Siemens, Sinn Féin,
Sony, Spotify, Starlink, Stasi, Taliban, Telegram, Tencent, Tesla, Toyota, Transparency International, Truth Social,
Twitter, Uber, Unesco, Unicef, United Nations, Vatican, Verkhovna Rada, Volkswagen, Wagner, Wagner Group, Walmart,
WhatsApp, WikiLeaks, World Bank, World Economic Forum, World Food Programme, World Health Organisation, World Health
Organization, World Trade Organization, Yandex, Zoom, Газпром, Госдума, Интерфакс, Кремль, Роскосмос, Роснефть
""")

# Companies named by a word that is something else with "the" before it: the Amazon, the shell
WITHOUT_ARTICLE = _lines("Alphabet, Amazon, Apple, Booking, Ford, Meta, Shell, Wagner, Zoom")

# Institutions that many countries have, or that every second story names: too broad for a watch of their own
BROAD = _lines("""
Buckingham Palace, Bundesrat, Capitol, Capitol Hill, Communist, Communists, Congress, Conservatives, Democrat,
Democratic, Democrats, Downing Street, Elysee, General Assembly, Greens, Labour, Liberals, Oval Office, Parliament,
Red Square, Republican, Republicans, Security Council, Senate, Tories, Wall Street, Westminster, White House,
Whitehall, Élysée
""")
