<?php
error_log('php answers ' . $_SERVER['REQUEST_URI']);
header('Content-Type: application/json');
echo json_encode([
    'greeting' => getenv('GREETING'),
    'pid' => getmypid(),
    'uri' => $_SERVER['REQUEST_URI'],
]), "\n";
