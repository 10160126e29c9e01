"""An attacker takes what it came for, or does damage: collection, exfiltration, impact."""

from shared.explanations.vocabulary.play import play

PLAYS = (
    play(
        "collect_data",
        "collect data|collect|collect file|steal data|steal file|access data|read data|file access|access file"
        "|read file|copy data|steal|data theft|data steal|access sensitive data|discover company mail",
        "collecting data from {target}",
        "T1005 M1057",
        storage="T1530 M1018",
        database="T1213.006 M1018",
        repository="T1213.003 M1018",
        mail="T1114 M1041",
        file="T1039",
        cloud="T1530 M1018",
    ),
    play(
        "collect_cloud_data",
        "access data token|access storage|access bucket|read bucket|sas token|access data sas token|dump bucket",
        "reading data from {target} with a token or a permission that should not reach that far",
        "T1530 M1018",
    ),
    play(
        "collect_mail",
        "collect mail|read mail|steal mail|mail collect|dump mail",
        "reading mail on {target}",
        "T1114 M1041",
    ),
    play(
        "dump_database",
        "dump data|dump table|query data|read table|data dump|sql dump",
        "copying tables out of {target}",
        "T1213.006 M1018",
    ),
    play(
        "stage_data",
        "stage data|stage file|stage|stage sensitive file|data stage|create stage directory",
        "gathering what it wants to steal in one place on {target}",
        "T1074",
    ),
    play(
        "compress_data",
        "compress data|compress|compress stage directory|compress file|encrypt stage|compress directory",
        "packing what it wants to steal on {target}",
        "T1560 M1047",
    ),
    play(
        "screen_capture",
        "screen|screenshot|screen sniff|capture screen|take screenshot",
        "taking pictures of the screen of {target}",
        "T1113",
    ),
    play(
        "clipboard",
        "clipboard|copy clipboard|monitor clipboard|clipboard data",
        "reading the clipboard of {target}",
        "T1115",
    ),
    play(
        "record_audio",
        "microphone|record audio|audio|record microphone|capture audio",
        "recording sound through {target}",
        "T1123",
    ),
    play(
        "exfiltrate",
        "exfiltrate|exfiltrate data|data exfiltrate|send data out|leak data|c2 exfiltrate|c2 data exfiltrate|data leak"
        "|exfiltrate file|c2 server data exfiltrate|exfiltrate c2|exfiltrate stage directory|exfiltrate directory",
        "sending data from {target} to a place that it controls",
        "T1041 M1057",
        storage="T1537 M1057",
        cloud="T1537 M1057",
    ),
    play(
        "exfiltrate_on_schedule",
        "schedule exfiltrate|exfiltrate schedule|schedule transfer",
        "sending data from {target} out of the network at fixed times, when it is least noticed",
        "T1029 M1031",
    ),
    play(
        "exfiltrate_automatically",
        "automate exfiltrate|exfiltrate automate",
        "letting a program send data from {target} out of the network as soon as it was collected",
        "T1020",
    ),
    play(
        "exfiltrate_other_protocol",
        "exfiltrate dns|dns exfiltrate|exfiltrate ftp|ftp exfiltrate|exfiltrate alternative|exfiltrate ssh"
        "|exfiltrate mail|exfiltrate scp|exfiltrate icmp",
        "sending data from {target} out of the network over a protocol that is seldom watched",
        "T1048 M1037",
    ),
    play(
        "exfiltrate_web_service",
        "exfiltrate cloud|exfiltrate web|exfiltrate web service|upload cloud|exfiltrate dropbox|exfiltrate repository"
        "|exfiltrate gist|exfiltrate http|upload data|exfiltrate drive|exfiltrate s3|exfiltrate compress repository",
        "sending data from {target} to a web service outside",
        "T1567 M1057",
    ),
    play(
        "exfiltrate_media",
        "exfiltrate usb|usb exfiltrate|copy usb|exfiltrate physical",
        "carrying data from {target} away on removable media",
        "T1052 M1034",
    ),
    play(
        "encrypt_data",
        "ransomware|deploy ransomware|ransomware launch|encrypt data|encrypt file|ransomware script|encrypt"
        "|c2 ransomware launch|c2 server ransomware launch|launch ransomware|execute ransomware|ransomware configure",
        "encrypting the data of {target}, to make it unusable until a ransom is paid",
        "T1486 M1053",
    ),
    play(
        "destroy_data",
        "delete data|delete file|destroy|delete|file delete|destroy data|delete table|folder delete|wiper|drop table"
        "|drop data|delete repository"
        "|delete bucket|delete storage|delete system|delete server",
        "destroying data on {target}",
        "T1485 M1053",
    ),
    play(
        "wipe_disk",
        "delete disk|disk delete|format disk|wipe disk|delete mbr",
        "wiping the disks of {target}",
        "T1561 M1053",
    ),
    play(
        "corrupt_data",
        "file corrupt|corrupt file|corrupt|corrupt data|folder corrupt|manipulate data|data manipulate|manipulate"
        "|data manipulate bot|modify data|alter data|corrupt data file|modify file|change data",
        "changing stored data on {target}, so that those who rely on it are misled or cannot work",
        "T1565.001 M1041",
    ),
    play(
        "stop_service",
        "stop service|service stop|stop server|impact|disable service|service disable|stop|service kill"
        "|ot stop service",
        "stopping services of {target}, so that nobody can use them",
        "T1489 M1018",
    ),
    play(
        "deny_service",
        "dos|dos attack|dos bot|denial service|denial of service|flood|degrade service|degrade|service exhaustion"
        "|crash service|overload|resource exhaustion|flood service|dos flood|http flood",
        "exhausting {target} with requests, so that its users get no answer",
        "T1499 M1037",
        network_segment_dns_public="T1498 M1037",
    ),
    play(
        "flood_network",
        "network flood|flood network|syn flood|udp flood|amplification|network dos|flood traffic|jam network",
        "flooding the network of {target}, so that its users get no answer",
        "T1498 M1037",
    ),
    play(
        "shut_down",
        "shutdown|shutdown node|node shutdown|power down|power off|shutdown system|shutdown host|shutdown server"
        "|shutdown database|turn off node|turn off host|turn off server|reboot",
        "switching {target} off",
        "T1529",
    ),
    play(
        "remove_access",
        "lock account|remove account|delete account|lockout user|account access remove|lock user|lockout",
        "locking the rightful users of {target} out",
        "T1531",
    ),
    play(
        "inhibit_recovery",
        "delete backup|remove backup|inhibit restore|delete shadow copy|delete volume shadow copy"
        "|delete shadow|disable backup|stop backup|corrupt backup|disable restore|delete snapshot",
        "deleting the backups of {target}, so that it cannot be restored",
        "T1490 M1053",
    ),
    play("deface", "deface|deface website|deface web", "replacing the pages of {target}", "T1491 M1053"),
    play(
        "mine",
        "mine|crypto mine|mine crypto|resource hijack|hijack resource|coin mine|mine cryptocurrency",
        "using the computing power of {target} for itself",
        "T1496",
    ),
    play(
        "financial_theft",
        "financial theft|wire fraud|fraud|steal money|transfer money|invoice fraud|payment fraud",
        "diverting money through {target}",
        "T1657 M1017",
    ),
    play(
        "wait",
        "wait|do wait|idle|wait step|wait turn|wait round",
        "doing nothing in this step",
    ),
)
